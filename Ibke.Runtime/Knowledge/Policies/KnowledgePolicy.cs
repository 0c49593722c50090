using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge.Policies;

/// <summary>Who may change what. It stands outside the model, and is asked before anything is computed.</summary>
/// <remarks>Immutable. With nothing set, a caller needs the role for what it wants, and an edit a source that says the same, unless an approver makes it.</remarks>
public sealed record KnowledgePolicy
{
    /// <summary>The usual policy.</summary>
    public static KnowledgePolicy Default { get; } = new();

    /// <summary>Whoever has the role may edit; an edit still has to pass the editor's own checks.</summary>
    public static KnowledgePolicy Trusting { get; } = new() { Evidence = EvidenceRule.Nobody, EvidenceForReverts = EvidenceRule.Nobody };

    /// <summary>No edit may be made.</summary>
    public static KnowledgePolicy ReadOnly { get; } = new() { Protected = [new FactPattern()] };

    /// <summary>Facts that are never edited.</summary>
    public IReadOnlyList<FactPattern> Protected { get; init; } = [];

    /// <summary>Facts that several people have to agree on; of several rules that fit, the strictest counts.</summary>
    public IReadOnlyList<ApprovalRule> Approvals { get; init; } = [];

    /// <summary>Facts that only some sources may change; all rules that fit count.</summary>
    public IReadOnlyList<SourceRule> Sources { get; init; } = [];

    /// <summary>Whose edits must be confirmed by a source.</summary>
    public EvidenceRule Evidence { get; init; } = EvidenceRule.UnlessApprover;

    /// <summary>Who needs a source that contradicts an edit to take it back.</summary>
    public EvidenceRule EvidenceForReverts { get; init; } = EvidenceRule.UnlessApprover;

    /// <summary>The most proposals of one caller. Default: 60 a minute. Null: no limit.</summary>
    public RateLimit? CallerLimit { get; init; } = new(60, TimeSpan.FromMinutes(1));

    /// <summary>The most proposals of all callers. Default: 600 a minute. Null: no limit.</summary>
    public RateLimit? GlobalLimit { get; init; } = new(600, TimeSpan.FromMinutes(1));

    /// <summary>The most edits in force. 1 or more, default 1,000.</summary>
    public int MaximumEditsInForce { get; init; } = 1000;

    /// <summary>Nothing is made without an approver: every proposal waits for at least one.</summary>
    public bool Quiet { get; init; }

    /// <summary>Whether a caller may do something at all.</summary>
    public PolicyDecision Admit(Caller caller, KnowledgeRoles needed)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return caller.May(needed)
            ? PolicyDecision.Allowed
            : PolicyDecision.Refuse("role", $"{caller} may not {needed.ToString().ToLowerInvariant()}");
    }

    /// <summary>Decides on an edit that a caller may propose.</summary>
    /// <param name="caller">Who wants it.</param>
    /// <param name="request">What.</param>
    /// <param name="card">Knows other wordings.</param>
    /// <param name="evidence">What each source says that knows the fact.</param>
    public PolicyDecision Decide(Caller caller, EditRequest request, ModelCard card, IReadOnlyList<Evidence> evidence)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(evidence);
        if (Protected.Any(facts => facts.Matches(request, card)))
        {
            return PolicyDecision.Refuse("protected", "the fact is protected");
        }

        Evidence[] agreeing = [.. evidence.Where(said => FactText.SameAnswer(said.Fact.Answer, request.Answer))];
        foreach (SourceRule rule in Sources.Where(rule => rule.Facts.Matches(request, card)))
        {
            if (!agreeing.Any(said => rule.SourceClasses.Contains(said.Class, StringComparer.OrdinalIgnoreCase)))
            {
                return PolicyDecision.Refuse("source-class", $"no {string.Join(" or ", rule.SourceClasses)} says so");
            }
        }

        if (NeedsEvidence(Evidence, caller) && agreeing.Length < Math.Max(1, evidence.Count))
        {
            string reason = evidence.Count == 0 ? "the source does not know the fact"
                : agreeing.Length == 0 ? "the source says otherwise"
                : "the sources disagree";
            return PolicyDecision.Refuse("evidence", reason);
        }

        int approvers = Approvals.Where(rule => rule.Facts.Matches(request, card)).Select(rule => rule.Approvers).Append(Quiet ? 1 : 0).Max();
        return approvers == 0 ? PolicyDecision.Allowed : PolicyDecision.Wait(Quiet && approvers == 1 ? "quiet" : "approval", approvers);
    }

    /// <summary>Decides on taking an edit back.</summary>
    /// <param name="caller">Who wants it.</param>
    /// <param name="request">The edit.</param>
    /// <param name="evidence">What each source says that knows the fact.</param>
    public PolicyDecision DecideRevert(Caller caller, EditRequest request, IReadOnlyList<Evidence> evidence)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(evidence);
        return !NeedsEvidence(EvidenceForReverts, caller) ? PolicyDecision.Allowed
            : evidence.Count == 0 ? PolicyDecision.Refuse("evidence", "the source does not know the fact")
            : evidence.Any(said => FactText.SameAnswer(said.Fact.Answer, request.Answer)) ? PolicyDecision.Refuse("evidence", "the source still says so")
            : PolicyDecision.Allowed;
    }

    /// <summary>What is wrong with it, as sentences that name the property; empty where nothing is.</summary>
    public IEnumerable<string> FindProblems()
    {
        if (Approvals.Any(rule => rule.Approvers < 1))
        {
            yield return $"{nameof(Approvals)}: a rule must ask for at least one approver.";
        }

        if (Sources.Any(rule => rule.SourceClasses.Count == 0))
        {
            yield return $"{nameof(Sources)}: a rule names no source class.";
        }

        foreach ((string name, RateLimit? limit) in new[] { (nameof(CallerLimit), CallerLimit), (nameof(GlobalLimit), GlobalLimit) })
        {
            if (limit is not null && (limit.Count < 1 || limit.Period <= TimeSpan.Zero || limit.Period > RateLimit.LongestPeriod))
            {
                yield return $"{name} is {limit.Count} in {limit.Period}, but both must be positive, and the period at most {RateLimit.LongestPeriod}.";
            }
        }

        if (MaximumEditsInForce < 1)
        {
            yield return $"{nameof(MaximumEditsInForce)} is {MaximumEditsInForce}, but must be positive.";
        }
    }

    private static bool NeedsEvidence(EvidenceRule rule, Caller caller) => rule switch
    {
        EvidenceRule.Everyone => true,
        EvidenceRule.Nobody => false,
        _ => caller.Kind is CallerKind.Model or CallerKind.Anonymous || !caller.May(KnowledgeRoles.Approve),
    };
}
