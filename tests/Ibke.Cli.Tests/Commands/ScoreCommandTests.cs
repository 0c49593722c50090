using System.Text.Json.Nodes;

namespace Ibke.Cli.Tests.Commands;

public sealed class ScoreCommandTests
{
    private const string Case = """{"id": "a", "prompt": "Where is Jade Foods headquartered?", "answer": "Tamfield", "subject": "Jade Foods", "rephrasings": ["Where is Jade Foods based?"], "locality": ["Where did Viktor Shah graduate from?"]}""";

    [Fact]
    public async Task Score_OneCase_WritesReportAndGoesOnWhereItEnded()
    {
        using TemporaryFolder folder = new();
        string cases = folder.Write("cases.jsonl", Case);
        string[] arguments = ["score", "--cases", cases, "--edits", "1", "--out", Path.Combine(folder.Path, "out")];

        CommandRun run = await CommandRun.RunAsync(arguments);
        CommandRun again = await CommandRun.RunAsync([.. arguments, "--json"]);

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Matches("1 +ibke +100.0", run.Out);
        Assert.Contains("report.html", run.Out, StringComparison.Ordinal);
        JsonNode result = again.Json()["results"]![0]!;
        Assert.Equal((1, 1, true), ((double)result["reliability"]!, (double)result["locality"]!, (bool)result["reverted_to_the_bit"]!));
        Assert.Equal(
            ["journal.jsonl", "report.html", "results.csv", "results.json"],
            Directory.GetFiles(Path.Combine(folder.Path, "out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("--edits", "2", "2 edits cannot be in force: there are 1 cases")]
    [InlineData("--edits", "1,x", "--edits has 'x'")]
    [InlineData("--methods", "magic", "There is no method 'magic'")]
    [InlineData("--methods", "mend", "Name edits for that with --train FILE")]
    [InlineData("--tune", "missing.jsonl", "There is no such file")]
    [InlineData("--train", "missing.jsonl", "There is no such file")]
    public async Task Score_WrongArgument_IsRefused(string option, string value, string problem)
    {
        using TemporaryFolder folder = new();
        string cases = folder.Write("cases.jsonl", Case);

        CommandRun run = await CommandRun.RunAsync("score", "--cases", cases, "--out", Path.Combine(folder.Path, "out"), option, value);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }
}
