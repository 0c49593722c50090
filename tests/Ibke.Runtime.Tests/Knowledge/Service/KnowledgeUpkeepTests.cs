using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Tests.Knowledge.Journals;

namespace Ibke.Runtime.Tests.Knowledge.Service;

public sealed class KnowledgeUpkeepTests
{
    private static readonly Caller _anna = ServiceFixture.Operator;
    private static readonly DateTimeOffset _start = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ManualClock _clock = new(_start);

    public static TheoryData<string> Stores => JournalStores.Names;

    [Fact]
    public async Task CheckAsync_EditHolds_IsOffProbationWhenTheTimeIsOver()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync(Options(probation: TimeSpan.FromHours(1)));
        await service.ProposeAsync(ServiceFixture.Birthplace, _anna);
        Assert.Equal(_start.AddHours(1), service.State.Edit("e1")!.ProbationUntil);

        Assert.Empty(await service.CheckAsync());
        Assert.NotNull(service.State.Edit("e1")!.ProbationUntil);
        _clock.Now = _start.AddHours(2);
        Assert.Empty(await service.CheckAsync());

        Assert.Null(service.State.Edit("e1")!.ProbationUntil);
        Assert.Equal([JournalEntryKind.Published, JournalEntryKind.Renewed], (await ServiceFixture.EntriesAsync(service)).Select(entry => entry.Kind));
    }

    [Fact]
    public async Task CheckAsync_EditNoLongerHolds_IsTakenBackAndRecorded()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync(Options(probation: TimeSpan.FromHours(1)));

        // The update of one edit under the name of another: an edit that does not do what it says.
        await service.ProposeAsync(ServiceFixture.Mayor, _anna);
        JournalEntry first = (await ServiceFixture.EntriesAsync(service))[0];
        EntryContent forged = EntryContent.Read(first.Content) with { Request = ServiceFixture.Birthplace.Request };
        await service.Journal.AppendAsync(service.State.Head, [new JournalDraft(first.Time, JournalEntryKind.Published, "e2", forged.Write())]);
        await service.SyncAsync();
        Assert.Equal(2, service.State.Edits.Count);

        Assert.Equal(["e2"], await service.CheckAsync());

        Assert.Equal("e1", Assert.Single(service.State.Edits).Id);
        JournalEntry last = (await ServiceFixture.EntriesAsync(service))[^1];
        EntryContent content = EntryContent.Read(last.Content);
        Assert.Equal((JournalEntryKind.Reverted, "probation", "upkeep"), (last.Kind, content.Rule, content.By.Name));
        Assert.Contains("the model says", content.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CheckAsync_TimeOfAFactIsOver_IsRenewedWhereTheSourceStillSaysSoElseTakenBack()
    {
        await using ServiceFixture fixture = new();
        ListSource source = new();
        KnowledgeService service = await fixture.OpenAsync(Options() with { Sources = [source] });
        await service.ProposeAsync(ServiceFixture.Birthplace with { ValidUntil = _start.AddDays(10) }, _anna);
        await service.ProposeAsync(ServiceFixture.Mayor with { ValidUntil = _start.AddDays(10) }, _anna);
        Assert.Empty(await service.CheckAsync());
        _clock.Now = _start.AddDays(11);
        source.Answers[ServiceFixture.Birthplace.Request.Prompt] = ServiceFixture.Birthplace.Request.Answer;

        Assert.Equal(["e2"], await service.CheckAsync());

        KnownEdit kept = Assert.Single(service.State.Edits);
        Assert.Equal(("e1", _start.AddDays(21)), (kept.Id, kept.ValidUntil));
        Assert.Empty(await service.CheckAsync());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task RunAsync_AnotherProcessWrites_IsInForceHereSoonAndEndsWhenCancelled(string store)
    {
        await using ServiceFixture fixture = new(store);
        KnowledgeService writer = await fixture.OpenAsync(), reader = await fixture.OpenAsync();
        using CancellationTokenSource stop = new();
        Task running = reader.RunAsync(stop.Token);

        await writer.ProposeAsync(ServiceFixture.Birthplace, _anna);
        for (int i = 0; i < 200 && reader.State.Head != writer.State.Head; i++)
        {
            await Task.Delay(50);
        }

        Assert.Equal(writer.Editor.Model.Versions.Current.Key, reader.Editor.Model.Versions.Current.Key);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task TryLeadAsync_SeveralProcesses_OneLeads(string store)
    {
        await using JournalStore place = JournalStores.Create(store);
        await using EditJournal first = await place.OpenAsync(), second = await place.OpenAsync();

        IJournalLead? lead = await first.TryLeadAsync("sweep"), other = await second.TryLeadAsync("sweep"), elsewhere = await second.TryLeadAsync("upkeep");

        Assert.NotNull(lead);
        Assert.True(await lead.IsHeldAsync(default));
        Assert.NotNull(elsewhere);
        Assert.Equal(store == "sqlite", other is not null);
        await lead.DisposeAsync();
        await using IJournalLead? next = await second.TryLeadAsync("sweep");
        Assert.NotNull(next);
        await elsewhere.DisposeAsync();
    }

    private KnowledgeServiceOptions Options(TimeSpan probation = default) => new() { Clock = _clock, Probation = probation };

    private sealed class ListSource : IFactSource
    {
        public Dictionary<string, string> Answers { get; } = [];

        public string Name => "list";

        public Task<SourcedFact?> AskAsync(string question, string? subject = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(Answers.TryGetValue(question, out string? answer) ? new SourcedFact(answer, Name, null) : null);
    }
}
