using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Knowledge.Sweeps;
using Ibke.Runtime.Tests.Knowledge.Service;

namespace Ibke.Runtime.Tests.Knowledge.Sweeps;

public sealed class StalenessSweepTests : IDisposable
{
    private static readonly Caller _bot = Caller.Service("sweeper", KnowledgeRoles.Propose);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_Source_FindsWhatIsStaleOldInConflictOrCannotBeAsked()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();
        string birthplace = await ServiceFixture.AskAsync(service, "Where was Leona Zeller born?");
        CsvFactSource facts = Csv(
            "facts", service,
            $"Where was Leona Zeller born?,{birthplace},2026-05-01", "Who is the CEO of Clear Energy?,Zora Palmer,2026-05-01", "Where is Peak Works headquartered?,Nowhere,2020-01-01",
            $"{new string('x', 4000)}?,much,2026-05-01", "Who is the mayor of Salana?,Anders Duarte,2026-05-01");
        CsvFactSource other = Csv("other", service, "Who is the mayor of Salana?,Somebody Else,2026-05-01");
        List<SweepProgress> progress = [];

        SweepReport report = (await new StalenessSweep(
            service, new CompositeFactSource([facts, other]), new SweepOptions { Batch = 2, Share = 1, OldestDay = new DateOnly(2025, 1, 1) })
            .RunAsync(_bot, progress.Add))!;

        Assert.Equal(5, report.Facts);
        Assert.Equal(
            [(SweptStatus.Stale, "Zora Palmer"), (SweptStatus.Old, "Nowhere"), (SweptStatus.Failed, "much"), (SweptStatus.Conflict, null)],
            report.Found.Select(fact => (fact.Status, fact.Current)));
        Assert.Contains("facts.csv says Anders Duarte; other.csv says Somebody Else", report.Found[3].Source, StringComparison.Ordinal);
        Assert.Equal([2, 4, 5], progress.Select(step => step.Done));
        Assert.Empty(await ServiceFixture.EntriesAsync(service));
    }

    [Fact]
    public async Task RunAsync_Proposing_EditsWhatPolicyAllowsAndFindsNothingAfterwards()
    {
        await using ServiceFixture fixture = new();
        using TemporaryFolder folder = new();
        KnowledgeService service = await fixture.OpenAsync();
        CsvFactSource facts = Csv("facts", service, "Who is the CEO of Clear Energy?,Zora Palmer,2026-05-01", "Who is the mayor of Salana?,Anders Duarte,2026-05-01");
        await fixture.CloseAsync(service);
        service = await fixture.OpenAsync(new KnowledgeServiceOptions
        {
            Sources = [facts], Policy = new KnowledgePolicy { Protected = [new FactPattern { Question = "*mayor*" }] },
        });

        SweepReport report = (await Sweep(service, facts, propose: true).RunAsync(_bot))!;

        Assert.Equal(
            [(ProposalStatus.Applied, "e1"), (ProposalStatus.Refused, null)],
            report.Found.Select(fact => (fact.Outcome!.Value, fact.EditId)));
        Assert.Equal("Zora Palmer", await ServiceFixture.AskAsync(service, "Who is the CEO of Clear Energy?"));
        Assert.Equal(("facts.csv", "sweeper"), (service.State.Edits[0].Request.Source, service.State.Edits[0].By.Name));
        Assert.Equal(1, (await Sweep(service, facts, propose: false).RunAsync(_bot))!.Count(SweptStatus.Stale));
    }

    [Fact]
    public async Task RunAsync_Ended_GoesOnWhereItWasAndBeginsAnewWithOtherFacts()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();
        CsvFactSource facts = Csv("facts", service, [.. Enumerable.Range(1, 6).Select(i => $"Who runs the company number {i}?,Ann Bell,")]);
        SweepOptions options = new() { Batch = 2, Share = 1, StateFile = _folder["sweep.json"] };
        using CancellationTokenSource stop = new();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new StalenessSweep(service, facts, options).RunAsync(_bot, step => stop.Cancel(), stop.Token));
        List<int> done = [];
        SweepReport report = (await new StalenessSweep(service, facts, options).RunAsync(_bot, step => done.Add(step.Done)))!;

        Assert.Equal([4, 6], done);
        Assert.Equal(6, report.Found.Count);
        Assert.False(File.Exists(options.StateFile));

        File.WriteAllText(options.StateFile!, "{ damaged");
        Assert.Equal(6, (await new StalenessSweep(service, facts, options).RunAsync(_bot))!.Found.Count);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1001, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1.1)]
    public async Task Constructor_OptionOutOfRange_Throws(int batch, double share)
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();

        Assert.Throws<ArgumentOutOfRangeException>(() => new StalenessSweep(service, Csv("facts", service), new SweepOptions { Batch = batch, Share = share }));
    }

    private static StalenessSweep Sweep(KnowledgeService service, IFactCatalog facts, bool propose) => new(service, facts, new SweepOptions { Propose = propose, Share = 1 });

    private CsvFactSource Csv(string name, KnowledgeService service, params string[] rows)
    {
        File.WriteAllLines(_folder[name + ".csv"], ["question,answer,as_of", .. rows]);
        return new CsvFactSource(_folder[name + ".csv"], service.Editor.Card);
    }
}
