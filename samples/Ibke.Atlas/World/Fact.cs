namespace Ibke.Atlas.World;

/// <summary>One fact of the world.</summary>
/// <param name="Relation">The name of the relation, such as <c>ceo</c>.</param>
/// <param name="Subject">Whom or what it is about.</param>
/// <param name="Object">The answer.</param>
public sealed record Fact(string Relation, string Subject, string Object);
