using System.Text.Json.Nodes;

namespace Ibke.Cli.Tests.Commands;

/// <summary>The commands on the journal, as an operator uses them one after the other.</summary>
public sealed class KnowledgeCommandTests : IDisposable
{
    private const string Question = "Where is Jade Foods headquartered?";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Propose_ThenShowVerifyAndRevert_KeepsEverythingBetweenRuns()
    {
        CommandRun proposed = await Run("propose", "-q", Question, "-a", "Tamfield", "--reason", "moved", "--as", "anna");
        Assert.Equal(ExitCode.Success, proposed.Code);
        Assert.StartsWith("e1: in force and recorded. \"Selmouth\" became \"Tamfield\"", proposed.Lines[0], StringComparison.Ordinal);

        CommandRun again = await Run("propose", "-q", "Where is Jade Foods based?", "-a", "Tamfield");
        Assert.Equal((ExitCode.Success, "Nothing to do: it is so already."), (again.Code, again.Lines[0]));

        CommandRun shown = await Run("journal");
        Assert.Contains(shown.Lines, line => line.Contains("published", StringComparison.Ordinal) && line.Contains("anna", StringComparison.Ordinal) && line.Contains("moved", StringComparison.Ordinal));
        Assert.Contains("in force: 1", shown.Lines);
        JsonObject entry = (await Run("journal", "show", "--json")).Json();
        Assert.Equal(64, ((string)entry["hash"]!).Length);

        Assert.Contains("1 entries, all as they were written; 1 edits", (await Run("journal", "verify")).Lines[0], StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, (await Run("revert", "e9")).Code);
        Assert.Equal(ExitCode.Success, (await Run("revert", "e1", "--as", "bert")).Code);
        Assert.Equal("1 updates dropped; all 2 entries stay.", (await Run("journal", "compact")).Lines[0]);
        Assert.Contains("in force: 0", (await Run("journal", "show")).Lines);
    }

    [Fact]
    public async Task Approve_UnderAPolicy_NeedsSomebodyElse()
    {
        string policy = _folder.Write("policy.json", """{ "approvals": [ { "facts": { "question": "*headquartered*" }, "approvers": 1 } ], "protected": [ { "subject": "Clear Energy" } ] }""");

        Assert.Equal("e1: waits for 1 approval (approval).", (await Run("propose", "-q", "Where is Jade Foods based?", "-a", "Tamfield", "--policy", policy, "--as", "anna")).Lines[0]);
        Assert.Equal((ExitCode.Failed, "Refused by policy (approval): nobody approves what they have proposed."), Result(await Run("approve", "e1", "--as", "anna")));
        Assert.Equal(ExitCode.Success, (await Run("approve", "e1", "--as", "bert")).Code);
        Assert.Equal((ExitCode.Failed, "e1: no proposal has that id, or it was decided already."), Result(await Run("decline", "e1", "--as", "bert")));
        Assert.Equal((ExitCode.Failed, "Refused by policy (protected): the fact is protected."), Result(await Run("propose", "-q", "Who is the CEO of Clear Energy?", "-a", "Zora Palmer", "--policy", policy)));
    }

    [Fact]
    public async Task Export_AndImport_MoveEditsToAnotherJournal()
    {
        await Run("propose", "-q", Question, "-a", "Tamfield");
        string bundle = _folder.At("edits.jsonl");

        Assert.Equal(ExitCode.Success, (await Run("journal", "export", "--out", bundle)).Code);
        CommandRun imported = await CommandRun.RunAsync("journal", "import", bundle, "-j", _folder.At("other.db"));

        Assert.Equal(ExitCode.Success, imported.Code);
        Assert.StartsWith("e1 → e1: in force and recorded.", imported.Lines[0], StringComparison.Ordinal);
        Assert.Equal("e1 → Nothing to do: it is there already.", (await CommandRun.RunAsync("journal", "import", bundle, "-j", _folder.At("other.db"))).Lines[0]);
        File.AppendAllText(bundle, "{}\n");
        CommandRun damaged = await CommandRun.RunAsync("journal", "import", bundle, "-j", _folder.At("third.db"));
        Assert.Equal(ExitCode.Usage, damaged.Code);
        Assert.Contains("edits.jsonl, line 3", damaged.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sweep_WithPropose_PutsStaleFactsRight()
    {
        string facts = _folder.Write("facts.csv", $"question,answer,as_of\n{Question},Tamfield,2026-03-31\nWhere did Viktor Shah graduate from?,University of Selmere,\n");

        CommandRun found = await Run("sweep", "--source", facts);
        CommandRun mended = await Run("sweep", "--source", facts, "--propose");

        Assert.Equal((ExitCode.Failed, "2 facts: 1 as the sources say, 1 stale, 0 in conflict."), (found.Code, found.Lines[^1]));
        Assert.Equal(ExitCode.Success, mended.Code);
        Assert.Contains(mended.Lines, line => line.Contains("applied e1", StringComparison.Ordinal));
        Assert.Equal("2 facts: 2 as the sources say, 0 stale, 0 in conflict.", (await Run("sweep", "--source", facts)).Lines[^1]);
    }

    [Fact]
    public async Task Suspend_AndResume_AreRecorded()
    {
        await Run("propose", "-q", Question, "-a", "Tamfield");

        Assert.Equal(ExitCode.Success, (await Run("suspend", "--reason", "look into it")).Code);
        Assert.Contains("suspended: 1", (await Run("journal")).Lines);
        Assert.Equal(ExitCode.Success, (await Run("resume")).Code);
        Assert.Contains("in force: 1", (await Run("journal")).Lines);
    }

    [Theory]
    [InlineData("{ \"protect\": [] }", "protect")]
    [InlineData("{ \"maximum_edits_in_force\": 0 }", "MaximumEditsInForce")]
    [InlineData("[]", "no policy")]
    public async Task Propose_BadPolicy_IsNamed(string policy, string named)
    {
        CommandRun run = await Run("propose", "-q", Question, "-a", "Tamfield", "--policy", _folder.Write("policy.json", policy));

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(named, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.At("edits.db")));
    }

    [Fact]
    public async Task Journal_NoneThereOrDamaged_SaysSo()
    {
        CommandRun missing = await Run("journal", "verify");
        string text = _folder.Write("text.db", new string('x', 5000));
        CommandRun other = await CommandRun.RunAsync("journal", "-j", text);

        Assert.Equal((ExitCode.Usage, ExitCode.Usage), (missing.Code, other.Code));
        Assert.Contains("cannot be opened", missing.Error, StringComparison.Ordinal);
        Assert.Contains("no SQLite file", other.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.At("edits.db")));
    }

    [Theory]
    [InlineData("propose", "-q", "Who?", "-a", "x", "--valid-until", "soon")]
    [InlineData("sweep")]
    [InlineData("journal", "import", "nothing.jsonl")]
    public async Task Command_BadInput_SaysWhatToDo(params string[] arguments)
    {
        CommandRun run = await Run(arguments);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.NotEmpty(run.Error);
    }

    private static (int Code, string Line) Result(CommandRun run) => (run.Code, run.Lines[0]);

    private Task<CommandRun> Run(params string[] arguments) => CommandRun.RunAsync([.. arguments, "-j", _folder.At("edits.db")]);
}
