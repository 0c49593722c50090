using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge.Service;

/// <summary>What became of a proposal, and why.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Id">The name of the edit or of the proposal that waits, such as <c>e12</c>; null where there is none.</param>
/// <param name="Rule">What decided: a rule of the policy, or the check that the edit failed.</param>
/// <param name="Reason">Why not, in words; null where it is in force.</param>
/// <param name="Approvals">How many more must approve.</param>
/// <param name="Edit">How the edit was judged; null where nothing was computed.</param>
public sealed record ProposalResult(ProposalStatus Status, string? Id, string Rule, string? Reason, int Approvals, EditResult? Edit);
