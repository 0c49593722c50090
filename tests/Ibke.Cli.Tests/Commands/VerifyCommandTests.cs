using System.Text.Json.Nodes;

namespace Ibke.Cli.Tests.Commands;

public sealed class VerifyCommandTests
{
    private const string Directory = """
        question,answer,as_of
        Where is Jade Foods headquartered?,Tamfield,2026-03-31
        Where did Viktor Shah graduate from?,University of Selmere,
        """;

    [Fact]
    public async Task Verify_Csv_ListsTheStaleFactAndFails()
    {
        using TemporaryFolder folder = new();
        string facts = folder.Write("facts.csv", Directory);

        CommandRun run = await CommandRun.RunAsync("verify", "--facts", facts);

        Assert.Equal(ExitCode.Failed, run.Code);
        string stale = Assert.Single(run.Lines, line => line.Contains("headquartered", StringComparison.Ordinal));
        Assert.Matches("stale +.*Selmouth +Tamfield +2026-03-31", stale);
        Assert.Equal("1 current, 1 stale", run.Lines[^1].Trim());
    }

    [Fact]
    public async Task Verify_WithFix_EditsTheStaleFactAndSucceeds()
    {
        using TemporaryFolder folder = new();
        string facts = folder.Write("facts.csv", Directory);

        CommandRun run = await CommandRun.RunAsync("verify", "--facts", facts, "--fix", "--json");

        Assert.Equal(ExitCode.Success, run.Code);
        JsonObject report = run.Json();
        Assert.Equal(1, (int)report["counts"]!["fixed"]!);
        JsonNode fact = report["facts"]![0]!;
        Assert.Equal("fixed", (string)fact["status"]!);
        Assert.Equal("Selmouth", (string)fact["answer"]!);
        Assert.Equal("Tamfield", (string)fact["current"]!);
        Assert.Equal("e1", (string)fact["edit_id"]!);
    }

    [Fact]
    public async Task Verify_GivenQuestions_ChecksTheseOnly()
    {
        using TemporaryFolder folder = new();
        string facts = folder.Write("facts.json", """[{"question": "Where is Jade Foods headquartered?", "answer": "Selmouth", "as_of": "2026-01-01"}]""");

        CommandRun run = await CommandRun.RunAsync(
            "verify", "--facts", facts, "--question", "Where is Jade Foods headquartered?", "--question", "What is the colour of the sky?", "--json");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Equal(["current", "unknown"], run.Json()["facts"]!.AsArray().Select(fact => (string)fact!["status"]!));
    }

    [Fact]
    public async Task Verify_BrokenDirectory_NamesFileAndLine()
    {
        using TemporaryFolder folder = new();
        string facts = folder.Write("facts.csv", "question,answer,as_of\nWho?,\n");

        CommandRun run = await CommandRun.RunAsync("verify", "--facts", facts);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("facts.csv", run.Error, StringComparison.Ordinal);
        Assert.Contains("line 2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_EmptyDirectory_SaysSo()
    {
        using TemporaryFolder folder = new();
        string facts = folder.Write("facts.json", "[]");

        CommandRun run = await CommandRun.RunAsync("verify", "--facts", facts);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Empty(run.Out);
        Assert.Contains("facts.json has no facts", run.Error, StringComparison.Ordinal);
    }
}
