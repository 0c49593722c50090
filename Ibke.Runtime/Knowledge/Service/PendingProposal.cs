using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge.Service;

/// <summary>A proposal that waits for approval.</summary>
/// <param name="Id">Its name, which the edit will have.</param>
/// <param name="Request">What is to change.</param>
/// <param name="ProposedAt">When it was proposed.</param>
/// <param name="By">Who proposed it.</param>
/// <param name="Reason">Why; null for no reason.</param>
/// <param name="Rule">The rule that makes it wait.</param>
/// <param name="Approvers">How many must approve.</param>
/// <param name="ApprovedBy">Who has.</param>
/// <param name="ValidUntil">When the fact ceases to hold; null: never.</param>
public sealed record PendingProposal(
    string Id,
    EditRequest Request,
    DateTimeOffset ProposedAt,
    EntryCaller By,
    string? Reason,
    string Rule,
    int Approvers,
    IReadOnlyList<string> ApprovedBy,
    DateTimeOffset? ValidUntil);
