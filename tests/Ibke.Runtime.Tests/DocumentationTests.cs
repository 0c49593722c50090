using System.Text.RegularExpressions;

namespace Ibke.Runtime.Tests;

/// <summary>Holds that what the documents name exists.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void Guarantees_EveryRow_NamesTestsThatExist()
    {
        HashSet<string> tests =
        [
            .. typeof(DocumentationTests).Assembly.GetTypes()
                .SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(FactAttribute), inherit: true))
                    .SelectMany(method => new[] { $"{type.Name}.{method.Name}", type.Name })),
        ];
        string[] rows =
        [
            .. File.ReadAllLines(Document("guarantees.md"))
                .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| ---", StringComparison.Ordinal) && !line.StartsWith("| guarantee |", StringComparison.Ordinal)),
        ];

        Assert.NotEmpty(rows);
        foreach (string row in rows)
        {
            string[] named = [.. Quoted().Matches(row.Split('|')[^2]).Select(match => match.Groups[1].Value)];
            Assert.True(named.Length > 0, $"No test is named: {row}");
            Assert.All(named, name => Assert.True(
                tests.Contains(name) || (name.StartsWith('…') && tests.Any(test => test.EndsWith(name[1..], StringComparison.Ordinal))),
                $"There is no test {name}."));
        }
    }

    [Fact]
    public void Architecture_EveryFileNamed_Exists()
    {
        string text = File.ReadAllText(Document("architecture.md"));
        string runtime = Path.Combine(GoldenFiles.RepositoryRoot, "Ibke.Runtime");
        string[] files = [.. Quoted().Matches(text).Select(match => match.Groups[1].Value).Where(name => name.EndsWith(".cs", StringComparison.Ordinal)).Distinct()];

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(
            File.Exists(Path.Combine(GoldenFiles.RepositoryRoot, file))
            || File.Exists(Path.Combine(runtime, file))
            || Directory.EnumerateFiles(runtime, Path.GetFileName(file), SearchOption.AllDirectories).Any(),
            $"There is no file {file}."));
    }

    private static string Document(string name) => Path.Combine(GoldenFiles.RepositoryRoot, "docs", name);

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Quoted();
}
