using System.Text.RegularExpressions;

namespace Ibke.Cli.Tests;

/// <summary>Runs what docs/command-line.md shows.</summary>
public sealed partial class CommandLineDocumentTests
{
    private static readonly string _document = File.ReadAllText(Path.Combine(CommandRun.RepositoryRoot(), "docs", "command-line.md"));

    public static TheoryData<string, string> Examples()
    {
        TheoryData<string, string> examples = [];
        foreach (Match block in ConsoleBlock().Matches(_document))
        {
            foreach (string example in block.Groups[1].Value.Split("$ ", StringSplitOptions.RemoveEmptyEntries))
            {
                int end = example.IndexOf('\n', StringComparison.Ordinal);
                examples.Add(example[..end], example[(end + 1)..].TrimEnd());
            }
        }

        return examples;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Example_Run_PrintsWhatTheDocumentShows(string line, string expected)
    {
        string[] words = [.. Word().Matches(line).Select(word => word.Value.Trim('\'', '"'))];
        int command = Array.IndexOf(words, "ibke");
        string input = command > 0 ? words[1] : "";
        string[] arguments =
        [
            .. words[(command + 1)..].Select(word => word.Contains('/', StringComparison.Ordinal) ? Path.Combine(CommandRun.RepositoryRoot(), word) : word),
        ];

        CommandRun run = await CommandRun.ReadingAsync(input, arguments);

        Assert.Equal(ExitCode.Success, run.Code);
        string actual = string.Join('\n', run.Lines.Select(shown => shown.TrimEnd()));
        Assert.All(
            expected.Split("...", StringSplitOptions.RemoveEmptyEntries), part => Assert.Contains(part.Trim('\n'), actual, StringComparison.Ordinal));
        Assert.True(expected.Contains("...", StringComparison.Ordinal) || expected == actual, actual);
    }

    [Fact]
    public async Task Table_OfCommands_ListsThoseThereAre()
    {
        string help = (await CommandRun.RunAsync("--help")).Out;
        string[] commands = [.. Command().Matches(help[help.IndexOf("Commands:", StringComparison.Ordinal)..]).Select(match => match.Groups[1].Value)];

        Assert.NotEmpty(commands);
        Assert.Equal(commands.Order(), TableRow().Matches(_document).Select(match => match.Groups[1].Value).Order());
    }

    [GeneratedRegex("```console\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ConsoleBlock();

    [GeneratedRegex("""'[^']*'|"[^"]*"|[^ ]+""")]
    private static partial Regex Word();

    [GeneratedRegex("(?m)^  ([a-z-]+)")]
    private static partial Regex Command();

    [GeneratedRegex("(?m)^\\| `([a-z-]+)` \\|")]
    private static partial Regex TableRow();
}
