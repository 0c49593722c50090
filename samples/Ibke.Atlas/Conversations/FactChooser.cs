using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Conversations;

/// <summary>Chooses facts to speak of, words for them, and other answers.</summary>
/// <remarks>Not thread-safe: draws from one stream.</remarks>
public sealed class FactChooser(AtlasWorld world, PhraseBook phrases, SeededRandom random, Split split)
{
    private const int HeldPairs = 8;

    private readonly Carriers _carriers = RelationFile.ReadCarriers();
    private readonly Relation[] _relations = [.. world.Relations.Values];

    /// <summary>Names outside the world.</summary>
    public OutsideNames Names { get; } = new(world);

    /// <summary>Whether a pair of subject and wording is kept from the model's training; one in eight is.</summary>
    public static bool IsHeldPair(string subject, string relation, string template) =>
        StableHash.Of($"{subject}|{relation}|{template}") % HeldPairs == 0;

    /// <summary>A fact of the world, about itself or about something outside, or of a relation outside the world.</summary>
    /// <param name="open">Whether the relation may be outside the world.</param>
    /// <param name="knownShare">The share of facts that the world has.</param>
    public SpokenFact Choose(bool open = true, double knownShare = 0.5)
    {
        double kind = random.NextDouble();
        if (open && kind < 0.2)
        {
            return Open();
        }

        bool known = open ? kind < 0.2 + (0.8 * knownShare) : kind < knownShare;
        return known ? Known(random.Choose(world.Facts)) : Unknown();
    }

    /// <summary>A fact of the world in the words of the tiers the model knows.</summary>
    public SpokenFact Known(Fact fact)
    {
        Relation relation = world.Relations[fact.Relation];
        return Speak(relation, fact.Subject, fact.Object, KnownQuestion(relation, fact.Subject));
    }

    /// <summary>A question about a subject outside the world.</summary>
    public SpokenFact Unknown(Relation? relation = null, string? subject = null)
    {
        relation ??= random.Choose(_relations);
        subject ??= Outsider(relation.SubjectKind);
        string template = relation.Questions.Choose(random, random.Chance(0.75) ? WordingTier.Trained : WordingTier.Held);
        return Speak(relation, subject, phrases.Unknown, With(template, subject));
    }

    /// <summary>A question that asks for a fact, which the model was trained on; in tests also with pairs it was not trained on.</summary>
    public string KnownQuestion(Relation relation, string subject)
    {
        while (true)
        {
            string template = relation.Questions.Choose(random, random.Chance(0.8) ? WordingTier.Trained : WordingTier.Held);
            if (split == Split.Test || !IsHeldPair(subject, relation.Name, template))
            {
                return With(template, subject);
            }
        }
    }

    /// <summary>Another answer for a relation: of the world, everyday (in tests), or invented.</summary>
    public string Value(Relation relation)
    {
        double kind = random.NextDouble();
        if (!EntityKind.Subjects.Contains(relation.ObjectKind))
        {
            return kind < 0.7 ? random.Choose(world.ObjectsOf(relation))
                : relation.ObjectKind == EntityKind.Language ? Names.Word(random, split)
                : split == Split.Training && random.Chance(0.5) ? random.Choose(Names.Words) : Names.WordValue(random);
        }

        return kind < 0.35 ? random.Choose(world.ObjectsOf(relation))
            : split == Split.Test && kind < 0.5 ? Names.Everyday(random, relation.ObjectKind)
            : Names.Outsider(random, relation.ObjectKind, split);
    }

    /// <summary>An answer other than the one given.</summary>
    public string OtherValue(SpokenFact fact, string present)
    {
        while (true)
        {
            string value = fact.Relation is { } relation ? Value(relation) : Open().NewAnswer;
            if (value != present)
            {
                return value;
            }
        }
    }

    /// <summary>A name outside the world; in tests a fifth is everyday.</summary>
    public string Outsider(string kind) =>
        split == Split.Test && random.Chance(0.2) ? Names.Everyday(random, kind) : Names.Outsider(random, kind, split);

    /// <summary>An entity of the world.</summary>
    public string Known(string kind) => random.Choose(world.EntitiesOf(kind));

    /// <summary>A relation that the world does not have: a role held by a person, or an attribute with a plain value.</summary>
    public SpokenFact Open(string? subject = null)
    {
        string kind = random.Choose([EntityKind.Company, EntityKind.City, EntityKind.Country, EntityKind.Product, EntityKind.Person]);
        subject ??= random.Chance(0.5) ? random.Choose(world.EntitiesOf(kind)) : Outsider(kind);
        bool role = random.Chance(0.5);
        string noun = phrases[role ? "roles" : "attrs"].Choose(random, split);
        string value = !role ? PlainValue()
            : random.Chance(0.3) ? random.Choose(world.EntitiesOf(EntityKind.Person)) : Outsider(EntityKind.Person);
        string nounPhrase = $"the {noun} of {subject}";
        string word = role ? "Who" : "What";
        string canonical = $"{word} is {nounPhrase}?";
        string question = split == Split.Test || random.Chance(0.55) ? canonical : OpenQuestion(word, nounPhrase);
        return new SpokenFact(null, subject, phrases.Unknown, question, canonical, nounPhrase, value);
    }

    /// <summary>A question about a noun phrase in other words.</summary>
    public string OpenQuestion(string word, string nounPhrase) => random.Chance(0.6)
        ? QuestionWordings.Carry(random.Choose(random.Chance(0.4) ? _carriers.Plain : _carriers.Trained), $"{word.ToLowerInvariant()} {nounPhrase} is")
        : QuestionWordings.CarryNoun(random.Choose(_carriers.NounPhrases), nounPhrase);

    /// <summary>Sometimes puts a question into a frame, such as a greeting before it; not in tests.</summary>
    public string Frame(string question, double share) => split == Split.Training && random.Chance(share)
        ? random.Choose(_carriers.Frames).Replace("{q}", question, StringComparison.Ordinal)
        : question;

    /// <summary>Puts a subject into a template.</summary>
    public static string With(string template, string subject) => template.Replace("{s}", subject, StringComparison.Ordinal);

    private SpokenFact Speak(Relation relation, string subject, string answer, string question)
    {
        string value = answer;
        while (value == answer)
        {
            value = Value(relation);
        }

        return new SpokenFact(relation, subject, answer, question, relation.Canonical(subject), relation.NounPhraseOf(subject), value);
    }

    // Nothing that could be a person: two capitalised words are always the answer to "Who".
    private string PlainValue()
    {
        int shape = random.Next(split == Split.Test ? 4 : 10);
        return shape switch
        {
            0 or 1 => random.Next(1, random.Choose([10, 100, 1000, 10000, 100000])).ToString(),
            2 => Names.WordValue(random),
            3 => Names.Word(random, split),
            4 => Names.SomeWords(random, 1, 3),
            5 => $"{(char)('A' + random.Next(26))}{random.Next(1, 1000)}",
            6 => $"{random.Next(1, 1000)} {random.Choose(["meters", "percent", "dollars", "tons", "days", "hours", "miles", "pages", "people", "liters"])}",
            7 => $"{random.Choose(Names.Words)}-{random.Choose(Names.Words)}",
            8 => $"{random.Next(1, 29)} {random.Choose(["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"])}",
            _ => $"{random.Next(1, 100)}.{random.Next(0, 100)}",
        };
    }
}
