using Ibke.Atlas.Conversations;
using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Cases;

/// <summary>Chooses edits: new answers to known facts, facts about names outside the world, and relations outside the world.</summary>
/// <remarks>Not thread-safe: draws from one stream.</remarks>
internal sealed class EditPlanner(AtlasWorld world, SeededRandom random, FactChooser facts)
{
    private readonly Relation[] _trained = [.. world.Relations.Values.Where(relation => !relation.IsHeld)];

    /// <summary>Changes a fact of the world.</summary>
    public PlannedEdit Known(Fact fact)
    {
        Relation relation = world.Relations[fact.Relation];
        return Plan(relation, fact.Subject, fact.Object, PlannedEdit.Known);
    }

    /// <summary>Tells facts about one name outside the world, each of another relation.</summary>
    public IReadOnlyList<PlannedEdit> Unknown(int count)
    {
        Relation first = random.Choose(_trained);
        string subject = facts.Outsider(first.SubjectKind);
        Relation[] relations = [.. world.RelationsOf(first.SubjectKind).Where(relation => !relation.IsHeld)];
        random.Shuffle(relations);
        return [.. relations.Take(count).Select(relation => Plan(relation, subject, facts.Unknown(relation, subject).Answer, PlannedEdit.Unknown))];
    }

    /// <summary>Tells a fact of a relation that the world does not have.</summary>
    /// <param name="subject">Null: of the world or outside it.</param>
    public PlannedEdit Open(string? subject = null)
    {
        SpokenFact fact = facts.Open(subject);
        string noun = fact.NounPhrase["the ".Length..^(" of ".Length + fact.Subject.Length)];
        return new PlannedEdit(null, noun, fact.Subject, fact.NounPhrase, fact.Canonical, fact.Answer, fact.NewAnswer, PlannedEdit.Open);
    }

    private PlannedEdit Plan(Relation relation, string subject, string previous, string kind)
    {
        string answer = previous;
        while (answer == previous)
        {
            answer = random.Chance(0.7) ? random.Choose(world.ObjectsOf(relation)) : facts.Value(relation);
        }

        // Edits are mostly made with plain questions.
        string template = random.Chance(0.5) ? random.Choose(relation.Questions.Plain) : relation.Questions.Choose(random, WordingTier.Trained);
        string prompt = FactChooser.With(template, subject);
        return new PlannedEdit(relation, relation.Name, subject, relation.NounPhraseOf(subject), prompt, previous, answer, kind);
    }
}
