using Ibke.Atlas.Wordings;

namespace Ibke.Atlas.World;

/// <summary>The resource <c>relations.json</c>.</summary>
internal sealed record RelationFile(
    string[] HeldRelations,
    RelationFile.Carrier Carriers,
    string[] NounCarriers,
    string[] Frames,
    Dictionary<string, RelationFile.Entry> Relations,
    Dictionary<string, RelationFile.Wordings> Reversed)
{
    private static readonly Lazy<RelationFile> _file = new(() => Resource.Read<RelationFile>("relations.json"));

    /// <summary>Carriers of relations that the world does not have, too.</summary>
    public static Carriers ReadCarriers() => new(_file.Value);

    public static IReadOnlyDictionary<string, Relation> Read()
    {
        Carriers carriers = ReadCarriers();
        return _file.Value.Relations.ToDictionary(pair => pair.Key, pair => new Relation(
            pair.Key,
            pair.Value,
            _file.Value.Reversed.TryGetValue(pair.Key, out Wordings? reversed) ? PhrasePattern.ExpandAll([.. reversed.Train, .. reversed.More], []) : [],
            _file.Value.HeldRelations.Contains(pair.Key),
            new QuestionWordings(pair.Value, carriers)));
    }

    public sealed record Carrier(string[] Train, string[] More, string[] Unseen);

    public sealed record Wordings(string[] Train, string[] More);

    public sealed record TieredWordings(string[] Train, string[] More, string[] Held);

    public sealed record QuestionTiers(string[] Train, string[] More, string[] Held, string[] Unseen);

    public sealed record Entry(
        string Subject, string Object, string QuestionWord, string NounPhrase, QuestionTiers Questions, Wordings Indirect, TieredWordings Statements);
}
