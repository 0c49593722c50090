using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;

namespace Ibke.Runtime.Tests.Knowledge.Service;

/// <summary>What policy decides, as the service does it.</summary>
public sealed class PolicyInForceTests
{
    private static readonly Caller _anna = Caller.Person("anna", KnowledgeRoles.All);
    private static readonly Caller _bert = Caller.Person("bert", KnowledgeRoles.Approve);
    private static readonly Caller _carla = Caller.Person("carla", KnowledgeRoles.Approve);
    private static readonly KnowledgePolicy _twoPersons = new() { Approvals = [new ApprovalRule(new FactPattern { Question = "*born*" }, 2)] };

    [Fact]
    public async Task ProposeAsync_NeedsTwoApprovers_IsMadeWithTheSecondAndSaysWho()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync(new KnowledgeServiceOptions { Policy = _twoPersons });

        ProposalResult proposed = await service.ProposeAsync(ServiceFixture.Birthplace, _anna);
        Assert.Equal((ProposalStatus.Waiting, "e1", 2), (proposed.Status, proposed.Id, proposed.Approvals));
        Assert.Equal("nobody approves what they have proposed", (await service.ApproveAsync("e1", _anna)).Reason);
        Assert.Equal((ProposalStatus.Waiting, 1), (await service.ApproveAsync("e1", _bert)) is var one ? (one.Status, one.Approvals) : default);
        Assert.Equal("the same person approves once", (await service.ApproveAsync("e1", _bert)).Reason);
        Assert.Equal("", service.Editor.Model.Versions.Current.Key);
        await fixture.CloseAsync(service);

        KnowledgeService again = await fixture.OpenAsync(new KnowledgeServiceOptions { Policy = _twoPersons });
        ProposalResult made = await again.ApproveAsync("e1", _carla);

        Assert.Equal((ProposalStatus.Applied, "e1"), (made.Status, made.Id));
        Assert.Equal(ServiceFixture.Birthplace.Request.Answer, await ServiceFixture.AskAsync(again, ServiceFixture.Birthplace.Request.Prompt));
        KnownEdit edit = Assert.Single(again.State.Edits);
        Assert.Equal(("anna", "bert, carla"), (edit.By.Name, string.Join(", ", edit.ApprovedBy)));
        Assert.Empty(again.State.Pending);
        Assert.Equal(ProposalStatus.NotFound, (await again.ApproveAsync("e1", _bert)).Status);
        Assert.Equal(
            [JournalEntryKind.Proposed, JournalEntryKind.Approved, JournalEntryKind.Approved, JournalEntryKind.Published],
            (await ServiceFixture.EntriesAsync(again)).Select(entry => entry.Kind));
    }

    [Fact]
    public async Task DeclineAsync_ByAnApproverOrTheProposer_EndsItAndNobodyElseMay()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync(new KnowledgeServiceOptions { Policy = _twoPersons });
        await service.ProposeAsync(ServiceFixture.Birthplace, _anna);

        Assert.Equal(ProposalStatus.Refused, (await service.DeclineAsync("e1", Caller.Person("dora", KnowledgeRoles.Propose))).Status);
        Assert.Equal(ProposalStatus.Declined, (await service.DeclineAsync("e1", _bert, "not true")).Status);

        Assert.Empty(service.State.Pending);
        Assert.Equal(ProposalStatus.NotFound, (await service.ApproveAsync("e1", _carla)).Status);
    }

    [Fact]
    public async Task ProposeAsync_AnonymousOrWithoutTheRole_IsRefusedAndFillsNoJournal()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync(new KnowledgeServiceOptions { Policy = KnowledgePolicy.Trusting });

        foreach (Caller caller in new[] { Caller.Anonymous, _bert })
        {
            Assert.Equal((ProposalStatus.Refused, "role"), (await service.ProposeAsync(ServiceFixture.Birthplace, caller)) is var result ? (result.Status, result.Rule) : default);
        }

        Assert.Empty(await ServiceFixture.EntriesAsync(service));
    }

    [Fact]
    public async Task ProposeAsync_ByAModelWithoutASource_IsRefusedAndRecorded()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();

        ProposalResult result = await service.ProposeAsync(
            ServiceFixture.Birthplace with { Request = ServiceFixture.Birthplace.Request with { Requester = "anna", Source = "registry" } }, Caller.Model("chat-7"));

        Assert.Equal((ProposalStatus.Refused, "evidence"), (result.Status, result.Rule));
        EntryContent content = EntryContent.Read(Assert.Single(await ServiceFixture.EntriesAsync(service)).Content);
        Assert.Equal((CallerKind.Model, "chat-7", "chat-7"), (content.By.Kind, content.By.Name, content.Request!.Requester));
        Assert.Equal("", service.Editor.Model.Versions.Current.Key);
    }

    [Fact]
    public async Task ProposeAsync_TooOften_IsRefusedUntilTheTimeIsOverAlsoAfterARestart()
    {
        await using ServiceFixture fixture = new();
        ManualClock clock = new(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));
        KnowledgeServiceOptions options = new()
        {
            Clock = clock, Policy = new KnowledgePolicy { CallerLimit = new RateLimit(2, TimeSpan.FromMinutes(1)), GlobalLimit = new RateLimit(3, TimeSpan.FromMinutes(1)), Protected = [new FactPattern()] },
        };
        KnowledgeService service = await fixture.OpenAsync(options);
        Caller bot = Caller.Service("bot", KnowledgeRoles.Propose);

        Assert.Equal("protected", (await service.ProposeAsync(ServiceFixture.Birthplace, _anna)).Rule);
        Assert.Equal("protected", (await service.ProposeAsync(ServiceFixture.Birthplace, _anna)).Rule);
        Assert.Equal("rate", (await service.ProposeAsync(ServiceFixture.Birthplace, _anna)).Rule);
        Assert.Equal("protected", (await service.ProposeAsync(ServiceFixture.Birthplace, bot)).Rule);
        await fixture.CloseAsync(service);

        KnowledgeService again = await fixture.OpenAsync(options);
        Assert.Equal("rate", (await again.ProposeAsync(ServiceFixture.Birthplace, bot)).Rule);
        Assert.Equal(3, (await ServiceFixture.EntriesAsync(again)).Count);
        clock.Now += TimeSpan.FromMinutes(2);
        Assert.Equal("protected", (await again.ProposeAsync(ServiceFixture.Birthplace, _anna)).Rule);
    }

    [Fact]
    public async Task ProposeAsync_AsManyEditsAsMayBe_RefusesAnotherFactButNotANewAnswer()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync(new KnowledgeServiceOptions { Policy = new KnowledgePolicy { MaximumEditsInForce = 1 } });
        await service.ProposeAsync(ServiceFixture.Birthplace, _anna);

        Assert.Equal((ProposalStatus.Refused, "capacity"), (await service.ProposeAsync(ServiceFixture.Mayor, _anna)) is var full ? (full.Status, full.Rule) : default);
        Assert.Equal(ProposalStatus.Applied, (await service.ProposeAsync(
            new FactProposal { Request = ServiceFixture.Birthplace.Request with { Answer = "Garica", Rephrasings = [] } }, _anna)).Status);
    }

    [Fact]
    public async Task RevertAsync_ByAModel_NeedsASourceThatContradicts()
    {
        await using ServiceFixture fixture = new();
        KnowledgeService service = await fixture.OpenAsync();
        await service.ProposeAsync(ServiceFixture.Birthplace, _anna);

        Assert.Equal((ProposalStatus.Refused, "evidence"), (await service.RevertAsync("e1", Caller.Model("chat-7"))) is var result ? (result.Status, result.Rule) : default);
        Assert.Equal((ProposalStatus.Refused, "role"), (await service.RevertAsync("e1", _bert)) is var role ? (role.Status, role.Rule) : default);
        Assert.Single(service.State.Edits);
    }

    [Fact]
    public void OpenAsync_BadOptions_AreNamed()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new KnowledgeServiceOptions
        {
            Policy = new KnowledgePolicy { MaximumEditsInForce = 0 }, Probation = TimeSpan.FromSeconds(-1), UpkeepInterval = TimeSpan.Zero, ReadUpTo = -1,
        }.Validate());

        Assert.All(["MaximumEditsInForce", "Probation", "UpkeepInterval", "ReadUpTo"], name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
    }
}
