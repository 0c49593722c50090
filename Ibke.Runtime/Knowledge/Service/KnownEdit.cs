using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge.Service;

/// <summary>An edit that was published and not taken back.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Request">What it changes, with its source and requester.</param>
/// <param name="Result">How it was judged.</param>
/// <param name="PublishedAt">When it was published.</param>
/// <param name="By">Who proposed it.</param>
/// <param name="ApprovedBy">Who approved it; empty where nobody had to.</param>
/// <param name="Update">The hash of what it adds to the model.</param>
/// <param name="ValidUntil">When the fact ceases to hold; null: never.</param>
/// <param name="ProbationUntil">Until when it is looked at again and again; null: it is not.</param>
public sealed record KnownEdit(
    string Id,
    EditRequest Request,
    EditResult Result,
    DateTimeOffset PublishedAt,
    EntryCaller By,
    IReadOnlyList<string> ApprovedBy,
    string Update,
    DateTimeOffset? ValidUntil,
    DateTimeOffset? ProbationUntil);
