namespace Ibke.Cli.Verifying;

/// <summary>How the model's answer stands to the directory's.</summary>
internal enum FactStatus
{
    /// <summary>They agree.</summary>
    Current,

    /// <summary>They do not, and no edit put it right.</summary>
    Stale,

    /// <summary>They did not; an edit put it right.</summary>
    Fixed,

    /// <summary>The directory does not have the question.</summary>
    Unknown,

    /// <summary>The question could not be asked.</summary>
    Failed,
}

/// <summary>One question, checked.</summary>
/// <param name="Status">How the answers stand to each other.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">What the model said by itself, before any fix; null where it could not be asked.</param>
/// <param name="Current">What the directory says; null where it has no answer.</param>
/// <param name="AsOf">The day the directory's answer held; null where it does not say.</param>
/// <param name="EditId">The edit that fixed it; null if there is none.</param>
/// <param name="Reason">Why a fix was rejected or a question could not be asked; null otherwise.</param>
internal sealed record VerifiedFact(
    FactStatus Status, string Question, string? Answer, string? Current, DateOnly? AsOf, string? EditId = null, string? Reason = null);
