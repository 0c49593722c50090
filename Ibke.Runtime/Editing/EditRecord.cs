namespace Ibke.Runtime.Editing;

/// <summary>An edit that was applied and not reverted.</summary>
/// <param name="Id">Its name, such as <c>e1</c>.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Result">How it was judged when it was applied.</param>
/// <param name="AppliedAt">When it was applied.</param>
/// <param name="SupersededBy">The later edit of the same fact that stands in for it; null where the edit is in force.</param>
public sealed record EditRecord(
    string Id, EditRequest Request, EditResult Result, DateTimeOffset AppliedAt, string? SupersededBy)
{
    /// <summary>Whether the published weights contain it.</summary>
    public bool InForce => SupersededBy is null;
}
