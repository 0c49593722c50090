namespace Ibke.Runtime.Knowledge.Sources;

/// <summary>Sources that count the same give different answers.</summary>
/// <param name="question">The question.</param>
/// <param name="answers">What each says.</param>
public sealed class FactConflictException(string question, IReadOnlyList<SourcedFact> answers)
    : FactSourceException($"The sources disagree on \"{question}\": {string.Join("; ", answers.Select(fact => $"{fact.Source} says {fact.Answer}"))}.")
{
    /// <summary>The question.</summary>
    public string Question { get; } = question;

    /// <summary>What each source says.</summary>
    public IReadOnlyList<SourcedFact> Answers { get; } = answers;
}
