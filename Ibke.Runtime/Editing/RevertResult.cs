namespace Ibke.Runtime.Editing;

/// <summary>What became of a request to revert an edit.</summary>
public enum RevertStatus
{
    /// <summary>The edit is gone.</summary>
    Reverted,

    /// <summary>No edit has that id, or it was reverted before.</summary>
    NotFound,
}

/// <summary>What became of a request to revert an edit.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Id">The id that was given.</param>
/// <param name="Restored">The earlier edit of the same fact that is in force again; null if there is none.</param>
/// <param name="WeightVersion">The number of the weight version in force afterwards.</param>
public sealed record RevertResult(RevertStatus Status, string Id, string? Restored, long WeightVersion);
