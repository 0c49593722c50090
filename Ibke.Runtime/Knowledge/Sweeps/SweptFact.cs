using Ibke.Runtime.Knowledge.Service;

namespace Ibke.Runtime.Knowledge.Sweeps;

/// <summary>How the model's answer stands to the sources'.</summary>
public enum SweptStatus
{
    /// <summary>The model says otherwise.</summary>
    Stale,

    /// <summary>The sources disagree with each other; nothing was compared.</summary>
    Conflict,

    /// <summary>The source has not confirmed it for too long; nothing was compared.</summary>
    Old,

    /// <summary>The model cannot be asked, for the question is longer than its context or holds its special tokens.</summary>
    Failed,
}

/// <summary>A fact that a sweep found something about.</summary>
/// <param name="Status">What.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer">What the model says; null where it was not asked.</param>
/// <param name="Current">What the source says; null where the sources disagree.</param>
/// <param name="Source">The source; of a conflict, who says what.</param>
/// <param name="AsOf">The day the source says it held; null where it does not say.</param>
/// <param name="Outcome">What became of the proposal; null where none was made.</param>
/// <param name="EditId">The edit or the proposal that waits; null for none.</param>
/// <param name="Reason">Why a proposal came to nothing, or why the model could not be asked; null otherwise.</param>
public sealed record SweptFact(
    SweptStatus Status,
    string Question,
    string? Answer,
    string? Current,
    string Source,
    DateOnly? AsOf,
    ProposalStatus? Outcome = null,
    string? EditId = null,
    string? Reason = null);
