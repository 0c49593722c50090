using System.Text.Json.Nodes;

namespace Ibke.Cli.Tests.Commands;

public sealed class EditCommandTests
{
    [Fact]
    public async Task Edit_ThenAsk_AnswersUnderTheEditAndSaysItIsGone()
    {
        CommandRun run = await CommandRun.RunAsync(
            "edit", "--question", "Where is Jade Foods headquartered?", "--answer", "Tamfield", "--subject", "Jade Foods",
            "--rephrasing", "Where is Jade Foods based?", "--neighbour", "Where did Viktor Shah graduate from?",
            "--ask", "Where is Jade Foods based?", "--ask", "Where did Viktor Shah graduate from?");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Matches("answer before +Selmouth", run.Out);
        Assert.Matches("answer after +Tamfield", run.Out);
        Assert.Contains("Where is Jade Foods based?  Tamfield", run.Out, StringComparison.Ordinal);
        Assert.Contains("Where did Viktor Shah graduate from?  University of Selmere", run.Out, StringComparison.Ordinal);
        Assert.Contains("this process only", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edit_FileAsJson_ReportsEveryEditAndTheAnswersUnderAll()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("edits.jsonl", """
            {"id": 1, "prompt": "Where is Jade Foods headquartered?", "answer": "Tamfield", "subject": "Jade Foods", "locality": [{"prompt": "Where did Viktor Shah graduate from?", "kind": "unrelated"}]}

            {"question": "Where did Viktor Shah graduate from?", "answer": "University of Selmere", "subject": "Viktor Shah", "relation": "x"}
            """);

        CommandRun run = await CommandRun.RunAsync("edit", "--file", file, "--ask", "Where is Jade Foods based?", "--json");

        Assert.Equal(ExitCode.Success, run.Code);
        JsonObject report = run.Json();
        JsonArray edits = report["edits"]!.AsArray();
        Assert.Equal("applied", (string)edits[0]!["result"]!["status"]!);
        Assert.Equal("Selmouth", (string)edits[0]!["result"]!["answer_before"]!);
        Assert.Equal(1, (double)edits[0]!["result"]!["reliability"]!["score"]!);
        Assert.Equal("unchanged", (string)edits[1]!["result"]!["status"]!);
        Assert.Equal("Tamfield", (string)report["answers"]![0]!["answer"]!);
        Assert.Equal("process", (string)report["lifetime"]!);
    }

    [Fact]
    public async Task Edit_Rejected_SaysWhyLeavesNoTraceAndFails()
    {
        // Other questions, given out as other wordings of this one: the edit must not pass as general.
        string[] others =
        [
            .. new[] { "Who founded Jade Foods?", "Who leads Jade Foods?", "What industry is Jade Foods in?", "Where is Coral Motors based?" }
                .Concat(Enumerable.Range(0, 40).Select(i => $"Where is Company{i} based?"))
                .SelectMany(question => new[] { "--rephrasing", question }),
        ];

        CommandRun run = await CommandRun.RunAsync(
            ["edit", "--question", "Where is Jade Foods headquartered?", "--answer", "Tamfield", .. others, "--ask", "Where is Jade Foods headquartered?"]);

        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Matches("status +rejected: ", run.Out);
        Assert.Contains("Where is Jade Foods headquartered?  Selmouth", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("this process only", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json", "line 1: The line is not JSON")]
    [InlineData("""{"prompt": "Who?"}""", "line 1: There is no \"answer\"")]
    [InlineData("""{"prompt": "Who?", "answer": 3}""", "line 1: \"answer\" must be a text")]
    [InlineData("""{"prompt": "Who?", "answer": "x", "rephrasings": "y"}""", "line 1: \"rephrasings\" must be a list")]
    [InlineData("", "holds no edits")]
    public async Task Edit_BrokenFile_NamesFileAndLineAndDoesNothing(string text, string problem)
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("edits.jsonl", text);

        CommandRun run = await CommandRun.RunAsync("edit", "--file", file);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(file, run.Error, StringComparison.Ordinal);
        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }
}
