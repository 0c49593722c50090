using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Runtime.Knowledge.AnswerChecks;

/// <summary>A reply that does not say what a source says.</summary>
/// <param name="Question">What the user asked.</param>
/// <param name="Answer">The reply.</param>
/// <param name="Current">What the source says.</param>
public sealed record StaleAnswer(string Question, string Answer, SourcedFact Current);
