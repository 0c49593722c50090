using System.Text.Json.Nodes;
using Ibke.Samples.KnowledgeMaintenanceBot.Sources;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Tests;

/// <summary>The program from its options to its exit code.</summary>
public sealed class BotRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();

    [Fact]
    public async Task Demonstration_OnTheEmbeddedModel_EverythingHolds()
    {
        int code = await BotRun.RunAsync(new BotOptions { Plain = true }, RunningBot.Silent(_output), CancellationToken.None);

        Assert.Contains("Everything held: 8 of 8.", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task Once_StaleFactsThatPolicyAllows_AreEditedAndTheCodeIs0()
    {
        BotOptions options = Once(_folder.WriteFacts("facts.csv", (Known.Born, Known.BornAfter), (Known.Mayor, Known.MayorAfter))) with { Report = _folder["report.jsonl"] };

        int code = await RunAsync(options);
        int again = await RunAsync(options);

        Assert.Equal((0, 0), (code, again));
        JsonNode[] passes = [.. File.ReadAllLines(_folder["report.jsonl"]).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal([2, 0], passes.Select(pass => pass["found"]!.AsArray().Count));
        Assert.All(passes[0]["found"]!.AsArray(), fact => Assert.Equal("verified", fact!["status"]!.GetValue<string>()));
        Assert.Equal(2, passes[1]["edits_in_force"]!.GetValue<int>());
    }

    [Fact]
    public async Task Once_TooManyProposalsAtOnce_AreMadeAsTheLimitAllows()
    {
        File.WriteAllText(_folder["policy.json"], """{ "caller_limit": { "count": 1, "period": "00:00:02" } }""");
        BotOptions options = Once(_folder.WriteFacts("facts.csv", (Known.Born, Known.BornAfter), (Known.Mayor, Known.MayorAfter)));

        Assert.Equal(0, await RunAsync(options with { Policy = _folder["policy.json"] }));
        Assert.Contains("2 verified", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_EditMustBeApproved_CodeIs1()
    {
        File.WriteAllText(_folder["policy.json"], """{ "quiet": true }""");
        BotOptions options = Once(_folder.WriteFacts("facts.csv", (Known.Born, Known.BornAfter)));

        Assert.Equal(1, await RunAsync(options with { Policy = _folder["policy.json"] }));
        Assert.Contains("1 waiting", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_OneSourceCannotBeRead_OthersAreDoneAndTheCodeIs1()
    {
        BotOptions options = Once(_folder.WriteFacts("facts.csv", (Known.Born, Known.BornAfter)), $"http://127.0.0.1:{FactsEndpoint.FreePort()}/");

        Assert.Equal(1, await RunAsync(options));
        Assert.Contains($"{Known.Born} {Known.BornAfter}, right in", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_Cancelled_CodeSaysThatItWasStopped()
    {
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(1.5));
        File.WriteAllText(_folder["policy.json"], """{ "caller_limit": { "count": 1, "period": "00:30:00" } }""");
        BotOptions options = Once(_folder.WriteFacts("facts.csv", (Known.Born, Known.BornAfter), (Known.Mayor, Known.MayorAfter)));

        Assert.Equal(BotRun.Stopped, await BotRun.RunAsync(options with { Policy = _folder["policy.json"] }, RunningBot.Silent(_output), stop.Token));
    }

    [Fact]
    public async Task Once_NoModelThere_CodeIs2() =>
        Assert.Equal(BotRun.Usage, await RunAsync(Once(_folder.WriteFacts("facts.csv", (Known.Born, Known.BornAfter))) with { Model = _folder["nowhere"] }));

    [Fact]
    public async Task Once_JournalCannotBeOpened_CodeIs2()
    {
        File.WriteAllText(_folder["edits.db"], "this is no journal, but a text that is somewhat longer than nothing at all");

        Assert.Equal(BotRun.Usage, await RunAsync(Once(_folder.WriteFacts("facts.csv", (Known.Born, Known.BornAfter)))));
    }

    [Theory]
    [InlineData("--once --watch --source facts.csv", "not both")]
    [InlineData("--once --sql facts.db", "needs a --query")]
    [InlineData("--source facts.csv", "--source needs --once or --watch")]
    [InlineData("--watch --source facts.csv --every 0", "--every takes")]
    [InlineData("--sorce facts.csv", "--sorce")]
    public void Parse_WrongUsage_SaysWhatToDo(string line, string message)
    {
        BotCommandLine commands = new((_, _) => Task.FromResult(0));

        Assert.Contains(commands.Parse(line).Errors, error => error.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Parse_AllOptions_AreRead()
    {
        BotOptions? read = null;
        BotCommandLine commands = new((options, _) =>
        {
            read = options;
            return Task.FromResult(0);
        });

        await commands.Parse("--watch --source a.csv --source b.json --sql c.db --query SELECT --journal j --policy p --every 2.5 --model m --report r --plain").InvokeAsync();

        Assert.Equal([new SourcePlace("a.csv"), new SourcePlace("b.json"), new SourcePlace("c.db", "SELECT")], read!.Sources);
        Assert.Equal((BotMode.Watch, "j", "p", 2.5, "m", "r", true), (read.Mode, read.Journal, read.Policy, read.Every.TotalSeconds, read.Model, read.Report, read.Plain));
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    private BotOptions Once(params string[] places) => RunningBot.Watching(_folder, [.. places.Select(place => new SourcePlace(place))]) with { Mode = BotMode.Once };

    private Task<int> RunAsync(BotOptions options) => BotRun.RunAsync(options, RunningBot.Silent(_output), CancellationToken.None);
}
