using Ibke.Runtime.Editing;

namespace Ibke.Cli.Editing;

/// <summary>What <c>ibke edit</c> did.</summary>
/// <param name="Method">How the edits were computed; without a trained editor another than IBKE.</param>
/// <param name="Edits">In the order they were asked for.</param>
/// <param name="Answers">Given afterwards, with all applied edits in force.</param>
internal sealed record EditReport(string Method, IReadOnlyList<EditOutcome> Edits, IReadOnlyList<EditAnswer> Answers)
{
    /// <summary>Where the edits live.</summary>
    public string Lifetime => "process";
}

/// <summary>One edit.</summary>
/// <param name="Question">The question whose answer was to change.</param>
/// <param name="Wanted">The answer asked for.</param>
/// <param name="Result">What became of it.</param>
internal sealed record EditOutcome(string Question, string Wanted, EditResult Result);

/// <summary>A question answered afterwards.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answer">The model's free answer.</param>
/// <param name="EditId">The edit that concerns it; null if there is none.</param>
internal sealed record EditAnswer(string Question, string Answer, string? EditId);
