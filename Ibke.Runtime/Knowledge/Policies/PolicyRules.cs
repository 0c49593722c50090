using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Runtime.Knowledge.Policies;

/// <summary>Facts that several people have to agree on.</summary>
/// <param name="Facts">Which.</param>
/// <param name="Approvers">How many others than the proposer must approve. 1 or more.</param>
public sealed record ApprovalRule(FactPattern Facts, int Approvers);

/// <summary>Facts that only some sources may change.</summary>
/// <param name="Facts">Which.</param>
/// <param name="SourceClasses">The classes of the sources; one of them must say the same. See <see cref="IFactSource.Class"/>.</param>
public sealed record SourceRule(FactPattern Facts, IReadOnlyList<string> SourceClasses);

/// <summary>Whose edits must be confirmed by a fact source.</summary>
public enum EvidenceRule
{
    /// <summary>Everybody's.</summary>
    Everyone,

    /// <summary>Those of models and anonymous callers, and of anybody who may not approve.</summary>
    UnlessApprover,

    /// <summary>Nobody's.</summary>
    Nobody,
}
