using Ibke.Runtime.Editing;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Sources;

/// <summary>Tells whether two questions ask for the same fact.</summary>
internal sealed class FactKeys(ModelCard card)
{
    /// <summary>A key that is equal for all wordings of the card that ask the same; case and final punctuation do not count.</summary>
    public string Of(string question) => card.Match(question) is { } match
        ? $"{match.Group}\n{match.Subject.Trim().ToUpperInvariant()}"
        : question.Trim().TrimEnd('?', '.', '!', ' ').ToUpperInvariant();

    /// <summary>Whether two answers say the same: case and a final period do not count.</summary>
    public static bool SameAnswer(string left, string right) =>
        string.Equals(left.Trim().TrimEnd('.'), right.Trim().TrimEnd('.'), StringComparison.OrdinalIgnoreCase);
}
