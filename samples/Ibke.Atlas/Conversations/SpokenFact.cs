using Ibke.Atlas.World;

namespace Ibke.Atlas.Conversations;

/// <summary>A fact as a conversation speaks of it; the world may not have it.</summary>
/// <param name="Relation">Null: a relation that the world does not have.</param>
/// <param name="Subject">Whom or what it is about.</param>
/// <param name="Answer">What the model answers of itself.</param>
/// <param name="Question">The question in the user's words.</param>
/// <param name="Canonical">The question in the agent's words.</param>
/// <param name="NounPhrase">Such as <c>the CEO of Clear Energy</c>.</param>
/// <param name="NewAnswer">Another answer, for corrections.</param>
public sealed record SpokenFact(
    Relation? Relation, string Subject, string Answer, string Question, string Canonical, string NounPhrase, string NewAnswer)
{
    /// <summary>The noun phrase at the beginning of a sentence.</summary>
    public string SentenceStart => char.ToUpperInvariant(NounPhrase[0]) + NounPhrase[1..];

    /// <summary>Puts the fact into a phrase: <c>{np}</c>, <c>{NP}</c>, <c>{q}</c>, <c>{o}</c>.</summary>
    public string Fill(string phrase, string answer) => phrase
        .Replace("{np}", NounPhrase, StringComparison.Ordinal)
        .Replace("{NP}", SentenceStart, StringComparison.Ordinal)
        .Replace("{q}", Question, StringComparison.Ordinal)
        .Replace("{o}", answer, StringComparison.Ordinal);
}
