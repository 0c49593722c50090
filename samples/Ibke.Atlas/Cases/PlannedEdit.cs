using Ibke.Atlas.World;

namespace Ibke.Atlas.Cases;

/// <summary>An edit, before the questions about it are chosen.</summary>
/// <param name="Relation">Null: a relation that the world does not have.</param>
/// <param name="RelationName">Its name; of a relation outside the world the noun, such as <c>coach</c>.</param>
/// <param name="Subject">What the fact is about.</param>
/// <param name="NounPhrase">Such as <c>the CEO of Clear Energy</c>.</param>
/// <param name="Prompt">The question it is made with.</param>
/// <param name="Previous">What the model answers before.</param>
/// <param name="Answer">What it is to answer.</param>
/// <param name="Kind"><c>known_subject</c>, <c>unknown_subject</c> or <c>open_relation</c>.</param>
internal sealed record PlannedEdit(
    Relation? Relation, string RelationName, string Subject, string NounPhrase, string Prompt, string Previous, string Answer, string Kind)
{
    public const string Known = "known_subject";
    public const string Unknown = "unknown_subject";
    public const string Open = "open_relation";

    /// <summary>What no other edit in force may be about, and no prompt that must not change.</summary>
    public (string Subject, string Relation) Key => (Subject, RelationName);
}
