namespace Ibke.Runtime.Scoring;

/// <summary>A wrong answer.</summary>
/// <param name="Panel">What the question tells.</param>
/// <param name="Kind">The sort of question.</param>
/// <param name="Question">The user's last turn, or the text to continue.</param>
/// <param name="Wanted">The answer wanted.</param>
/// <param name="Given">The answer given, by free generation.</param>
public sealed record FailedAnswer(Panel Panel, string Kind, string Question, string Wanted, string Given);
