namespace Ibke.Atlas.World;

/// <summary>
/// The world of the embedded model: 538 subjects of six kinds and 1,826 facts about them in 17 relations, consistent where they can be (a capital
/// lies in its country, a flagship product is made by its company, a CEO works there).
/// </summary>
/// <remarks>Immutable.</remarks>
public sealed class AtlasWorld
{
    private readonly Dictionary<(string Subject, string Relation), Fact> _facts = [];
    private readonly Dictionary<string, string> _kinds = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _entities;
    private readonly Dictionary<string, Fact[]> _byRelation;
    private readonly Dictionary<string, Dictionary<string, string>> _reversed = [];

    private AtlasWorld(FactsFile file, IReadOnlyDictionary<string, Relation> relations, NameLists names)
    {
        Relations = relations;
        foreach ((string relation, Dictionary<string, string> facts) in file.Facts)
        {
            foreach ((string subject, string answer) in facts)
            {
                _facts.Add((subject, relation), new Fact(relation, subject, answer));
                _kinds[subject] = relations[relation].SubjectKind;
            }
        }

        Facts = [.. _facts.Values];
        _byRelation = Facts.GroupBy(fact => fact.Relation).ToDictionary(group => group.Key, group => group.ToArray());
        _entities = EntityKind.Subjects.ToDictionary(
            kind => kind, kind => (IReadOnlyList<string>)[.. _kinds.Where(pair => pair.Value == kind).Select(pair => pair.Key)]);
        _entities[EntityKind.Industry] = names.Industries;
        _entities[EntityKind.Occupation] = names.Occupations;
        _entities[EntityKind.Currency] = names.Currencies;
        _entities[EntityKind.Language] = names.Languages;
        foreach (Relation relation in relations.Values.Where(relation => relation.Reversed.Count > 0))
        {
            _reversed[relation.Name] = _byRelation[relation.Name].ToDictionary(fact => fact.Object, fact => fact.Subject);
        }

        TestSubjects = file.TestSubjects.ToHashSet();
        HeldRelations = relations.Values.Where(relation => relation.IsHeld).Select(relation => relation.Name).ToHashSet();
    }

    /// <summary>All facts, in a fixed order.</summary>
    public IReadOnlyList<Fact> Facts { get; }

    /// <summary>The relations by name.</summary>
    public IReadOnlyDictionary<string, Relation> Relations { get; }

    /// <summary>Subjects that no editor is trained on.</summary>
    public IReadOnlySet<string> TestSubjects { get; }

    /// <summary>Relations that no editor is trained on.</summary>
    public IReadOnlySet<string> HeldRelations { get; }

    /// <summary>The subjects.</summary>
    public IReadOnlyCollection<string> Subjects => _kinds.Keys;

    /// <summary>Reads the world from the resources of this assembly.</summary>
    public static AtlasWorld Load() =>
        new(Resource.Read<FactsFile>("facts.json"), RelationFile.Read(), NameLists.Read());

    /// <summary>The kind of a subject; null for names outside the world.</summary>
    public string? KindOf(string subject) => _kinds.GetValueOrDefault(subject);

    /// <summary>The entities of a kind.</summary>
    public IReadOnlyList<string> EntitiesOf(string kind) => _entities[kind];

    /// <summary>What may answer a relation.</summary>
    public IReadOnlyList<string> ObjectsOf(Relation relation) => _entities[relation.ObjectKind];

    /// <summary>The facts of a relation.</summary>
    public IReadOnlyList<Fact> FactsOf(string relation) => _byRelation[relation];

    /// <summary>The relations that a kind of subject has.</summary>
    public IReadOnlyList<Relation> RelationsOf(string kind) => [.. Relations.Values.Where(relation => relation.SubjectKind == kind)];

    /// <summary>The fact of a subject; null where the world has none.</summary>
    public Fact? Find(string subject, string relation) => _facts.GetValueOrDefault((subject, relation));

    /// <summary>For a relation whose object decides the subject: the subject by object.</summary>
    public IReadOnlyDictionary<string, string> Reversed(string relation) => _reversed[relation];

    private sealed record FactsFile(Dictionary<string, Dictionary<string, string>> Facts, string[] TestSubjects);
}
