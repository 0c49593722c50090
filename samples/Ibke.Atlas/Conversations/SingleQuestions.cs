using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Conversations;

/// <summary>One question and its answer: known facts, unknown names, questions that fit no fact, reversed questions, small talk.</summary>
/// <remarks>Not thread-safe. Known facts come in turn, in a new order each time round, so that all are asked equally often.</remarks>
public sealed class SingleQuestions(AtlasWorld world, PhraseBook phrases, SeededRandom random, Split split, ConversationMaker conversations)
{
    private readonly Relation[] _relations = [.. world.Relations.Values];
    private readonly Relation[] _reversible = [.. world.Relations.Values.Where(relation => relation.Reversed.Count > 0)];
    private readonly string[] _subjects = [.. world.Subjects];
    private readonly Queue<Fact> _round = [];
    private readonly FactChooser _facts = conversations.Facts;

    /// <summary>A question and its answer.</summary>
    public Conversation Next()
    {
        (string question, string answer) = Pair();
        return Of([], question, answer, null);
    }

    /// <summary>The same under a system message, with functions listed, or both.</summary>
    public Conversation NextInSurroundings()
    {
        (string question, string answer) = Pair();
        bool system = random.Chance(0.6);
        Toolset? tools = !system || random.Chance(0.35) ? conversations.Tools.Make() : null;
        return Of(conversations.System(system ? 1 : 0), question, answer, tools);
    }

    private static Conversation Of(Message[] before, string question, string answer, Toolset? tools) => new(
        [.. before, new Message("user", question), new Message("assistant", answer)], tools?.Functions);

    private (string Question, string Answer) Pair()
    {
        double kind = random.NextDouble();
        (string question, string answer) = kind switch
        {
            < 0.72 => Known(),
            < 0.84 => Unknown(),
            < 0.88 => OneWordOff(),
            < 0.905 => Open(),
            < 0.925 => WrongKind(),
            < 0.98 => Reversed(),
            _ => SmallTalk(),
        };
        return (kind < 0.98 ? _facts.Frame(question, 0.06) : question, answer);
    }

    private (string Question, string Answer) Known()
    {
        if (_round.Count == 0)
        {
            Fact[] facts = [.. world.Facts];
            random.Shuffle(facts);
            foreach (Fact next in facts)
            {
                _round.Enqueue(next);
            }
        }

        Fact fact = _round.Dequeue();
        return (_facts.KnownQuestion(world.Relations[fact.Relation], fact.Subject), fact.Object);
    }

    private (string Question, string Answer) Unknown() => (_facts.Unknown().Question, phrases.Unknown);

    // The hardest names to tell from known ones: a known name with one word changed.
    private (string Question, string Answer) OneWordOff()
    {
        while (true)
        {
            Relation relation = random.Choose(_relations);
            if (NearNames.Change(world, _facts.Names, random, split, random.Choose(world.EntitiesOf(relation.SubjectKind)), relation.SubjectKind) is { } name)
            {
                return (_facts.Unknown(relation, name).Question, phrases.Unknown);
            }
        }
    }

    private (string Question, string Answer) Open() => (_facts.Open().Question, phrases.Unknown);

    private (string Question, string Answer) WrongKind()
    {
        while (true)
        {
            Relation relation = random.Choose(_relations);
            string subject = random.Choose(_subjects);
            if (world.KindOf(subject) != relation.SubjectKind)
            {
                return (FactChooser.With(relation.Questions.Choose(random, WordingTier.Trained), subject), phrases.Unknown);
            }
        }
    }

    private (string Question, string Answer) Reversed()
    {
        Relation relation = random.Choose(_reversible);
        IReadOnlyDictionary<string, string> known = world.Reversed(relation.Name);
        string answer = random.Chance(0.7) ? random.Choose([.. known.Keys])
            : random.Chance(0.5) ? random.Choose(world.ObjectsOf(relation)) : _facts.Outsider(relation.ObjectKind);
        return (random.Choose(relation.Reversed).Replace("{o}", answer, StringComparison.Ordinal), known.GetValueOrDefault(answer, phrases.Unknown));
    }

    private (string Question, string Answer) SmallTalk()
    {
        SmallTalk talk = random.Choose(phrases.SmallTalk);
        return (talk.Choose(random, split), talk.Reply);
    }
}
