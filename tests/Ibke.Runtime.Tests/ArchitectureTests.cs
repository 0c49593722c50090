using System.Text.RegularExpressions;

namespace Ibke.Runtime.Tests;

/// <summary>Holds the arrows between the folders of the runtime: each knows only those before it.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string[] Order =
        ["Tensors", "Cpu", "Checkpoints", "Tokenization", "Templates", "Models", "Constraints", "Generation", "Chat", "Editing", "Knowledge", "Training", "Scoring", "Hosting"];

    /// <summary>The CPU engine is one engine among others: only the place that picks a default may name it.</summary>
    private static readonly string[] MayNameCpu = ["Cpu", "Models/LanguageModel.cs"];

    [Fact]
    public void SourceFiles_Always_KnowOnlyFoldersBeforeTheirOwn()
    {
        List<string> violations = [];
        foreach ((string file, string text) in SourceFiles())
        {
            string folder = file.Split('/')[0];
            int rank = Array.IndexOf(Order, folder);
            if (rank < 0)
            {
                violations.Add($"{file}: the folder {folder} is not in the order of the architecture");
            }

            foreach (string named in RuntimeNamespace().Matches(text).Select(match => match.Groups[1].Value))
            {
                if (Array.IndexOf(Order, named) > rank)
                {
                    violations.Add($"{file} names {named}, which comes after {folder}");
                }
                else if (named == "Cpu" && !MayNameCpu.Any(allowed => file.StartsWith(allowed, StringComparison.Ordinal)))
                {
                    violations.Add($"{file} names the CPU engine; models and editors are written against Tensors");
                }
            }
        }

        Assert.Empty(violations);
    }

    [Fact]
    public void SourceFiles_Always_HaveTheNamespaceOfTheirFolder()
    {
        List<string> violations = [];
        foreach ((string file, string text) in SourceFiles())
        {
            string expected = "namespace Ibke.Runtime." + string.Join('.', file.Split('/')[..^1]) + ";";
            if (!text.Contains(expected, StringComparison.Ordinal))
            {
                violations.Add($"{file} lacks “{expected}”");
            }
        }

        Assert.Empty(violations);
    }

    private static List<(string File, string Text)> SourceFiles()
    {
        string root = Path.Combine(GoldenFiles.RepositoryRoot, "Ibke.Runtime");
        List<(string File, string Text)> files = [];
        foreach (string path in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            string file = Path.GetRelativePath(root, path).Replace('\\', '/');
            if (!file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal))
            {
                files.Add((file, File.ReadAllText(path)));
            }
        }

        Assert.NotEmpty(files);
        return files;
    }

    [GeneratedRegex(@"Ibke\.Runtime\.([A-Z]\w*)")]
    private static partial Regex RuntimeNamespace();
}
