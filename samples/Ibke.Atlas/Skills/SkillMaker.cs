using Ibke.Atlas.Conversations;
using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Skills;

/// <summary>Makes the questions of one suite from one stream.</summary>
internal sealed class SkillMaker
{
    private readonly AtlasWorld _world;
    private readonly PhraseBook _phrases;
    private readonly Relation[] _relations;

    public SkillMaker(AtlasWorld world, PhraseBook phrases, SeededRandom random)
    {
        _world = world;
        _phrases = phrases;
        _relations = [.. world.Relations.Values];
        Random = random;
        Conversations = new ConversationMaker(world, phrases, random, Split.Test);
        Contexts = new ContextChats(world, phrases, random, Split.Test, Conversations);
    }

    /// <summary>The stream.</summary>
    public SeededRandom Random { get; }

    /// <summary>Makes conversations of the test tier.</summary>
    public ConversationMaker Conversations { get; }

    /// <summary>Makes conversations with facts in them.</summary>
    public ContextChats Contexts { get; }

    /// <summary>Names outside the world.</summary>
    public OutsideNames Names => Conversations.Facts.Names;

    /// <summary>A question and its answer.</summary>
    public static Conversation One(string question, string answer, Message[]? before = null, Toolset? tools = null) => new(
        [.. before ?? [], new Message("user", question), new Message("assistant", answer)], tools?.Functions);

    /// <summary>A fact in a wording of the tier, pairs of training only.</summary>
    public Conversation Fact(WordingTier tier)
    {
        while (true)
        {
            Fact fact = Random.Choose(_world.Facts);
            string template = _world.Relations[fact.Relation].Questions.Choose(Random, tier);
            if (!FactChooser.IsHeldPair(fact.Subject, fact.Relation, template))
            {
                return One(FactChooser.With(template, fact.Subject), fact.Object);
            }
        }
    }

    /// <summary>A fact in one of the given wordings.</summary>
    public Conversation Fact(Func<Relation, IReadOnlyList<string>> wordings)
    {
        Fact fact = Random.Choose(_world.Facts);
        return One(FactChooser.With(Random.Choose(wordings(_world.Relations[fact.Relation])), fact.Subject), fact.Object);
    }

    /// <summary>A fact in a wording that the model knows, but was not trained on for this subject.</summary>
    public Conversation Pair(bool tools = false, bool system = false)
    {
        while (true)
        {
            Fact fact = Random.Choose(_world.Facts);
            string template = _world.Relations[fact.Relation].Questions.Choose(Random, Random.Chance(0.7) ? WordingTier.Trained : WordingTier.Held);
            if (FactChooser.IsHeldPair(fact.Subject, fact.Relation, template))
            {
                return One(
                    FactChooser.With(template, fact.Subject),
                    fact.Object,
                    Conversations.System(system ? 1 : 0),
                    tools ? Conversations.Tools.Make() : null);
            }
        }
    }

    /// <summary>A question about a name outside the world.</summary>
    public Conversation Unknown(Func<string, string> name)
    {
        Relation relation = Random.Choose(_relations);
        return One(Conversations.Facts.Unknown(relation, name(relation.SubjectKind)).Question, _phrases.Unknown);
    }

    /// <summary>A question about a name of the world with one word changed.</summary>
    public Conversation UnknownNear()
    {
        while (true)
        {
            Relation relation = Random.Choose(_relations);
            string known = Random.Choose(_world.EntitiesOf(relation.SubjectKind));
            if (NearNames.Change(_world, Names, Random, Split.Test, known, relation.SubjectKind) is { } name)
            {
                return One(Conversations.Facts.Unknown(relation, name).Question, _phrases.Unknown);
            }
        }
    }
}
