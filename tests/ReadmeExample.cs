using System.Runtime.CompilerServices;

namespace Ibke.Tests;

/// <summary>Compares code between <c>// README: name</c> and <c>// README: end</c> in a test with what the README shows.</summary>
internal static class ReadmeExample
{
    /// <summary>Fails where the README does not show the example as the calling file has it.</summary>
    public static void AssertShown(string example, [CallerFilePath] string file = "")
    {
        string[] lines = File.ReadAllLines(file);
        int start = Array.FindIndex(lines, line => line.Trim() == $"// README: {example}") + 1;
        int end = Array.FindIndex(lines, start, line => line.Trim() == "// README: end");
        string shown = string.Join('\n', lines[start..end].Select(line => line.Length > 8 ? line[8..] : ""))
            .Trim()
            .Replace("console.", "Console.", StringComparison.Ordinal);
        string readme = File.ReadAllText(Path.Combine(FindRoot(file), "README.md")).ReplaceLineEndings("\n");
        Assert.True(start > 0 && shown.Length > 0 && readme.Contains(shown, StringComparison.Ordinal), $"The README does not show “{example}” as {file} has it.");
    }

    private static string FindRoot(string file)
    {
        string? folder = Path.GetDirectoryName(file);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Ibke.Plugin.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException($"No Ibke.Plugin.sln above {file}.");
    }
}
