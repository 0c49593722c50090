using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Tests.Knowledge.Journals;

namespace Ibke.Runtime.Tests.Knowledge.Service;

public sealed class KnowledgeServiceTests
{
    private static readonly Caller _anna = ServiceFixture.Operator;
    private static readonly string _question = ServiceFixture.Birthplace.Request.Prompt;
    private static readonly string _answer = ServiceFixture.Birthplace.Request.Answer;

    public static TheoryData<string> Stores => JournalStores.Names;

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task ProposeAsync_Applied_IsInForceRecordedAndThereAfterARestartToTheBit(string store)
    {
        await using ServiceFixture fixture = new(store);
        KnowledgeService service = await fixture.OpenAsync();

        ProposalResult birthplace = await service.ProposeAsync(ServiceFixture.Birthplace with { Reason = "the register changed" }, _anna);
        ProposalResult mayor = await service.ProposeAsync(ServiceFixture.Mayor, _anna);

        Assert.Equal((ProposalStatus.Applied, "e1", ProposalStatus.Applied, "e2"), (birthplace.Status, birthplace.Id, mayor.Status, mayor.Id));
        Assert.Equal(_answer, await ServiceFixture.AskAsync(service, _question));
        string key = service.Editor.Model.Versions.Current.Key;
        KnownEdit known = service.State.Edit("e1")!;
        await fixture.CloseAsync(service);

        KnowledgeService again = await fixture.OpenAsync();
        Assert.Equal(key, again.Editor.Model.Versions.Current.Key);
        Assert.Equal(_answer, await ServiceFixture.AskAsync(again, _question));
        Assert.Equal(service.State.Head, again.State.Head);
        KnownEdit restored = again.State.Edit("e1")!;
        Assert.Equal((known.Request.Prompt, known.Request.Answer, known.Update, known.PublishedAt), (restored.Request.Prompt, restored.Request.Answer, restored.Update, restored.PublishedAt));
        Assert.Equal(("anna", known.Result.Locality.Asked, known.Result.Drift), (restored.By.Name, restored.Result.Locality.Asked, restored.Result.Drift));
        Assert.Equal("the register changed", EntryContent.Read((await ServiceFixture.EntriesAsync(again))[0].Content).Reason);
        Assert.Equal(["e1", "e2"], again.Editor.List().Select(record => record.Id));
    }

    [Fact]
    public async Task RevertAsync_Applied_StaysSoAfterARestart()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();
        string before = await ServiceFixture.AskAsync(service, _question);
        await service.ProposeAsync(ServiceFixture.Birthplace, _anna);

        ProposalResult reverted = await service.RevertAsync(" e1 ", _anna, "was a mistake");
        Assert.Equal(ProposalStatus.Applied, reverted.Status);
        Assert.Equal(ProposalStatus.NotFound, (await service.RevertAsync("e1", _anna)).Status);
        Assert.Equal(before, await ServiceFixture.AskAsync(service, _question));
        await fixture.CloseAsync(service);

        KnowledgeService again = await fixture.OpenAsync();
        Assert.Empty(again.State.Edits);
        Assert.Equal("", again.Editor.Model.Versions.Current.Key);
        Assert.Equal([JournalEntryKind.Published, JournalEntryKind.Reverted], (await ServiceFixture.EntriesAsync(again)).Select(entry => entry.Kind));
    }

    [Fact]
    public async Task RevertAsync_OfALaterEditOfTheFact_BringsTheEarlierBackAlsoAfterARestart()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();
        await service.ProposeAsync(ServiceFixture.Birthplace, _anna);
        ProposalResult second = await service.ProposeAsync(new FactProposal { Request = ServiceFixture.Birthplace.Request with { Answer = "Garica", Rephrasings = [] } }, _anna);
        Assert.Equal((ProposalStatus.Applied, "e1"), (second.Status, second.Edit!.Supersedes));
        await fixture.CloseAsync(service);

        KnowledgeService again = await fixture.OpenAsync();
        Assert.Equal("Garica", await ServiceFixture.AskAsync(again, _question));
        await again.RevertAsync(second.Id!, _anna);

        Assert.Equal(_answer, await ServiceFixture.AskAsync(again, _question));
    }

    [Fact]
    public async Task SuspendAsync_AndResume_TakeEverythingOutAndPutItBackToTheBit()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();
        await service.ProposeAsync(ServiceFixture.Birthplace, _anna);
        string key = service.Editor.Model.Versions.Current.Key;

        Assert.Equal(ProposalStatus.Refused, (await service.SuspendAsync(Caller.Person("bert", KnowledgeRoles.Approve))).Status);
        Assert.Equal(ProposalStatus.Applied, (await service.SuspendAsync(_anna, "something is wrong")).Status);
        Assert.Equal("", service.Editor.Model.Versions.Current.Key);
        Assert.Equal(ProposalStatus.Unchanged, (await service.SuspendAsync(_anna)).Status);
        Assert.Equal(("suspended", ProposalStatus.Refused), ((await service.ProposeAsync(ServiceFixture.Mayor, _anna)).Rule, (await service.ProposeAsync(ServiceFixture.Mayor, _anna)).Status));
        await fixture.CloseAsync(service);

        KnowledgeService again = await fixture.OpenAsync();
        Assert.True(again.State.Suspended);
        Assert.Equal("", again.Editor.Model.Versions.Current.Key);
        Assert.Equal(ProposalStatus.Applied, (await again.ResumeAsync(_anna)).Status);
        Assert.Equal(key, again.Editor.Model.Versions.Current.Key);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task SyncAsync_EditsOfAnotherProcess_ConvergeToTheSameBits(string store)
    {
        await using ServiceFixture fixture = new(store);
        KnowledgeService first = await fixture.OpenAsync(), second = await fixture.OpenAsync();

        ProposalResult[] results = await Task.WhenAll(
            first.ProposeAsync(ServiceFixture.Birthplace, _anna), second.ProposeAsync(ServiceFixture.Mayor, _anna));
        await Task.WhenAll(first.SyncAsync(), second.SyncAsync());

        Assert.All(results, result => Assert.Equal(ProposalStatus.Applied, result.Status));
        Assert.Equal(2, first.State.Edits.Count);
        Assert.Equal(first.State.Head, second.State.Head);
        Assert.Equal(first.Editor.Model.Versions.Current.Key, second.Editor.Model.Versions.Current.Key);
        Assert.False(await first.SyncAsync());
    }

    [Fact]
    public async Task CompactAsync_EditsTakenBack_KeepsTheTrailAndWhatIsInForce()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();
        await service.ProposeAsync(ServiceFixture.Birthplace, _anna);
        await service.ProposeAsync(ServiceFixture.Mayor, _anna);
        await service.RevertAsync("e1", _anna);
        List<JournalEntry> before = await ServiceFixture.EntriesAsync(service);
        string key = service.Editor.Model.Versions.Current.Key;

        Assert.Equal(1, await service.CompactAsync());
        await fixture.CloseAsync(service);

        KnowledgeService again = await fixture.OpenAsync();
        Assert.Equal(before, await ServiceFixture.EntriesAsync(again));
        Assert.Equal(key, again.Editor.Model.Versions.Current.Key);
        Assert.Equal("e2", Assert.Single(again.State.Edits).Id);
        Assert.Equal(ProposalStatus.Applied, (await again.ProposeAsync(ServiceFixture.Birthplace, _anna)).Status);
    }

    [Fact]
    public async Task OpenAsync_EntryTamperedWith_RefusesUntilToldToServeWhatIsBefore()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();
        await service.ProposeAsync(ServiceFixture.Birthplace, _anna);
        await service.ProposeAsync(ServiceFixture.Mayor, _anna);
        await fixture.CloseAsync(service);
        await fixture.Place.ExecuteAsync("UPDATE entries SET content = replace(content, 'anna', 'eve') WHERE sequence = 2");

        Assert.Equal(2, (await Assert.ThrowsAsync<JournalDamagedException>(() => fixture.OpenAsync())).Sequence);
        KnowledgeService readOnly = await fixture.OpenAsync(new KnowledgeServiceOptions { ReadUpTo = 1 });

        Assert.Equal(_answer, await ServiceFixture.AskAsync(readOnly, _question));
        Assert.Equal("e1", Assert.Single(readOnly.State.Edits).Id);
        JournalException error = await Assert.ThrowsAsync<JournalException>(() => readOnly.ProposeAsync(ServiceFixture.Mayor, _anna));
        Assert.Contains("read up to entry 1 only", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProposeAsync_JournalCannotBeWritten_PublishesNothingAndGoesOnLater()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();
        await fixture.Place.ExecuteAsync("CREATE TRIGGER full BEFORE INSERT ON updates BEGIN SELECT RAISE(ABORT, 'no room'); END");

        await Assert.ThrowsAsync<JournalException>(() => service.ProposeAsync(ServiceFixture.Birthplace, _anna));
        Assert.Equal("", service.Editor.Model.Versions.Current.Key);
        Assert.Empty(await ServiceFixture.EntriesAsync(service));

        await fixture.Place.ExecuteAsync("DROP TRIGGER full");
        Assert.Equal(ProposalStatus.Applied, (await service.ProposeAsync(ServiceFixture.Birthplace, _anna)).Status);
    }

    [Fact]
    public async Task ProposeAsync_Unfit_IsRecordedWithTheAnswersAndNotInForce()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync(editing: new KnowledgeEditorOptions { MinimumGenerality = 1 });

        ProposalResult result = await service.ProposeAsync(
            ServiceFixture.Birthplace with { Request = ServiceFixture.Birthplace.Request with { Rephrasings = ["What is the capital of Garana?"] } }, _anna);

        Assert.Equal((ProposalStatus.Rejected, "Generality"), (result.Status, result.Rule));
        Assert.Contains("What is the capital of Garana?", result.Reason, StringComparison.Ordinal);
        Assert.Equal(JournalEntryKind.Rejected, Assert.Single(await ServiceFixture.EntriesAsync(service)).Kind);
        Assert.Equal("", service.Editor.Model.Versions.Current.Key);
    }

    [Fact]
    public async Task ProposeAsync_SaysSoAlready_IsUnchangedAndNotRecorded()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();
        string present = await ServiceFixture.AskAsync(service, _question);

        ProposalResult result = await service.ProposeAsync(
            new FactProposal { Request = new EditRequest { Prompt = _question, Answer = present } }, _anna);

        Assert.Equal(ProposalStatus.Unchanged, result.Status);
        Assert.Empty(await ServiceFixture.EntriesAsync(service));
    }
}
