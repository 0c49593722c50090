using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Runtime.Tests.Knowledge.Policies;

public sealed class KnowledgePolicyTests
{
    private static readonly ModelCard _card = new(rephrasings: [["Who is the CEO of {s}?", "Who runs {s}?"], ["Where was {s} born?"]]);
    private static readonly EditRequest _runs = new() { Prompt = "Who runs Clear Energy?", Answer = "Ann Bell", Subject = "Clear Energy" };
    private static readonly Caller _bot = Caller.Service("bot", KnowledgeRoles.Propose);
    private static readonly Caller _boss = Caller.Person("boss", KnowledgeRoles.All);

    public static TheoryData<string, string, bool> Patterns => new()
    {
        { "Clear *", "*", true },
        { "clear energy", "*", true },
        { "Energy", "*", true }, // named in the question, though the subject is longer
        { "Opal*", "*", false },
        { "*", "*CEO of*", true }, // asked in another wording
        { "*", "Who runs*", true },
        { "*", "*born*", false },
        { "Clear *", "*born*", false },
    };

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Matches_Pattern_SeesEveryWording(string subject, string question, bool expected) =>
        Assert.Equal(expected, new FactPattern { Subject = subject, Question = question }.Matches(_runs, _card));

    [Fact]
    public void Matches_SubjectLeftOutOrSpelledElsewhere_CannotEvadeARule()
    {
        FactPattern facts = new() { Subject = "Clear Energy" };

        Assert.True(facts.Matches(_runs with { Subject = null }, _card));
        Assert.True(facts.Matches(_runs with { Subject = "Opal Foods" }, _card));
        Assert.True(facts.Matches(new EditRequest { Prompt = "who  RUNS clear energy", Answer = "x" }, _card));
        Assert.True(facts.Matches(new EditRequest { Prompt = "Which person leads Clear Energy these days?", Answer = "x" }, ModelCard.Empty));
    }

    [Fact]
    public void Decide_ProtectedFact_IsRefusedForEverybody()
    {
        KnowledgePolicy policy = new() { Protected = [new FactPattern { Question = "*CEO of*" }] };

        Assert.Equal("protected", policy.Decide(_boss, _runs, _card, [Says("Ann Bell")]).Rule);
        Assert.False(policy.Decide(_boss, _runs with { Prompt = "Where was Clear Energy born?" }, _card, []).IsRefused);
    }

    [Fact]
    public void Decide_NoApprover_NeedsASourceThatSaysSo()
    {
        KnowledgePolicy policy = KnowledgePolicy.Default;

        foreach (Caller caller in new[] { _bot, Caller.Model("chat-1"), Caller.Anonymous })
        {
            Assert.Equal("the source does not know the fact", policy.Decide(caller, _runs, _card, []).Reason);
            Assert.Equal("the source says otherwise", policy.Decide(caller, _runs, _card, [Says("Bo")]).Reason);
            Assert.Equal("the sources disagree", policy.Decide(caller, _runs, _card, [Says("Ann Bell"), Says("Bo")]).Reason);
            Assert.Equal(PolicyDecision.Allowed, policy.Decide(caller, _runs, _card, [Says("ann bell.")]));
        }

        Assert.Equal(PolicyDecision.Allowed, policy.Decide(_boss, _runs, _card, []));
        Assert.True((policy with { Evidence = EvidenceRule.Everyone }).Decide(_boss, _runs, _card, []).IsRefused);
        Assert.False((policy with { Evidence = EvidenceRule.Nobody }).Decide(_bot, _runs, _card, []).IsRefused);
    }

    [Fact]
    public void Decide_FactOfSomeSources_OthersDoNotCount()
    {
        KnowledgePolicy policy = new() { Sources = [new SourceRule(new FactPattern { Question = "*CEO*" }, ["registry", "filing"])] };

        Assert.Equal("no registry or filing says so", policy.Decide(_boss, _runs, _card, [Says("Ann Bell", "wiki")]).Reason);
        Assert.False(policy.Decide(_boss, _runs, _card, [Says("Ann Bell", "Registry")]).IsRefused);
    }

    [Fact]
    public void Decide_SeveralApprovalRules_TheStrictestCounts()
    {
        KnowledgePolicy policy = new()
        {
            Approvals = [new ApprovalRule(new FactPattern(), 1), new ApprovalRule(new FactPattern { Subject = "Clear*" }, 2), new ApprovalRule(new FactPattern { Subject = "Opal*" }, 3)],
        };

        Assert.Equal(("approval", 2), (policy.Decide(_boss, _runs, _card, []).Rule, policy.Decide(_boss, _runs, _card, []).Approvers));
        Assert.Equal(("quiet", 1), (KnowledgePolicy.Default with { Quiet = true }).Decide(_boss, _runs, _card, []) is var quiet ? (quiet.Rule, quiet.Approvers) : default);
    }

    [Theory]
    [InlineData(KnowledgeRoles.Propose)]
    [InlineData(KnowledgeRoles.Approve)]
    [InlineData(KnowledgeRoles.Revert)]
    [InlineData(KnowledgeRoles.Administer)]
    public void Admit_RoleMissing_IsRefused(KnowledgeRoles needed)
    {
        Assert.True(KnowledgePolicy.Trusting.Admit(Caller.Anonymous, needed).IsRefused);
        Assert.True(KnowledgePolicy.Trusting.Admit(Caller.Person("x", KnowledgeRoles.All & ~needed), needed).IsRefused);
        Assert.False(KnowledgePolicy.Trusting.Admit(Caller.Person("x", needed), needed).IsRefused);
    }

    [Fact]
    public void DecideRevert_NoApprover_NeedsASourceThatContradicts()
    {
        KnowledgePolicy policy = KnowledgePolicy.Default;

        Assert.Equal("the source still says so", policy.DecideRevert(_bot, _runs, [Says("Ann Bell")]).Reason);
        Assert.Equal("the source does not know the fact", policy.DecideRevert(_bot, _runs, []).Reason);
        Assert.False(policy.DecideRevert(_bot, _runs, [Says("Bo")]).IsRefused);
        Assert.False(policy.DecideRevert(_boss, _runs, [Says("Ann Bell")]).IsRefused);
    }

    [Fact]
    public void FindProblems_EveryBadValue_IsNamed()
    {
        KnowledgePolicy bad = new()
        {
            Approvals = [new ApprovalRule(new FactPattern(), 0)], Sources = [new SourceRule(new FactPattern(), [])], CallerLimit = new RateLimit(0, TimeSpan.FromSeconds(1)),
            GlobalLimit = new RateLimit(1, TimeSpan.FromHours(2)), MaximumEditsInForce = 0,
        };

        string[] problems = [.. bad.FindProblems()];
        Assert.Equal(
            ["Approvals", "Sources", "CallerLimit", "GlobalLimit", "MaximumEditsInForce"],
            problems.Select(problem => problem.Split([' ', ':'])[0]));
        Assert.Empty(KnowledgePolicy.Default.FindProblems());
    }

    [Theory]
    [InlineData(CallerKind.Model, "chat", KnowledgeRoles.Approve)]
    [InlineData(CallerKind.Model, "chat", KnowledgeRoles.Administer)]
    [InlineData(CallerKind.Person, "", KnowledgeRoles.None)]
    [InlineData(CallerKind.Person, "a\nb", KnowledgeRoles.None)]
    public void Caller_ThatCannotBe_IsRefused(CallerKind kind, string name, KnowledgeRoles roles) =>
        Assert.ThrowsAny<ArgumentException>(() => new Caller(kind, name, roles));

    private static Evidence Says(string answer, string kind = "source") => new(kind, new SourcedFact(answer, "directory.csv", null));
}
