using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Conversations;

/// <summary>Facts given in a message override what the model knows.</summary>
/// <remarks>Not thread-safe: draws from one stream.</remarks>
public sealed class ContextChats(AtlasWorld world, PhraseBook phrases, SeededRandom random, Split split, ConversationMaker conversations)
{
    private readonly FactChooser _facts = conversations.Facts;

    /// <summary>Some facts, then a question about one of them; sometimes another one about something else.</summary>
    public Conversation Next()
    {
        List<SpokenFact> given = Given();
        Dialogue dialogue = conversations.Begin(null);
        SpokenFact asked = random.Choose(given);
        string answer = asked.NewAnswer;
        dialogue.Tag = "in-context";
        if (split == Split.Training && random.Chance(0.15))
        {
            // Facts in a message are no reason to say one of them.
            asked = Besides(given);
            answer = asked.Answer;
            dialogue.Tag = "besides-context";
        }

        string lines = string.Join(' ', given.Select(Line));
        string opening = phrases["context"].Choose(random, split);
        Message[] system = [];
        if (random.Chance(0.5))
        {
            string before = split == Split.Training && random.Chance(0.3) ? conversations.System(1)[0].Content + " " : "";
            system = [new Message("system", before + opening + lines)];
            dialogue.User(asked.Question);
        }
        else
        {
            string between = split == Split.Training ? random.Choose(phrases.ContextQuestions) : "";
            dialogue.User($"{opening}{lines} {between}{asked.Question}");
        }

        dialogue.Say(answer);
        FollowUp(dialogue, given);
        return new Conversation([.. system, .. dialogue.Messages]);
    }

    private void FollowUp(Dialogue dialogue, List<SpokenFact> given)
    {
        double kind = random.NextDouble();
        if (kind < 0.5)
        {
            AskTurns.Ask(dialogue, Besides(given, open: false));
        }
        else if (kind < 0.65 && split == Split.Training && given.Count > 1)
        {
            SpokenFact other = random.Choose(given);
            dialogue.Tag = "in-context";
            dialogue.User(other.Question);
            dialogue.Say(other.NewAnswer);
        }
    }

    private List<SpokenFact> Given()
    {
        List<SpokenFact> given = [];
        int count = random.Choose([1, 2, 3, 5]);
        while (given.Count < count)
        {
            SpokenFact fact = given.Count > 0 && split == Split.Training && random.Chance(0.3) ? Like(random.Choose(given)) : _facts.Choose();
            if (given.TrueForAll(other => other.NounPhrase != fact.NounPhrase))
            {
                given.Add(fact);
            }
        }

        random.Shuffle(given);
        return given;
    }

    // Facts that are easily confused: of the same subject, or of the same relation.
    private SpokenFact Like(SpokenFact fact)
    {
        if (fact.Relation is not { } relation)
        {
            return _facts.Open(fact.Subject);
        }

        if (random.Chance(0.5))
        {
            return random.Chance(0.5) ? _facts.Known(random.Choose(world.FactsOf(relation.Name))) : _facts.Unknown(relation);
        }

        Relation other = random.Choose(world.RelationsOf(relation.SubjectKind));
        return world.Find(fact.Subject, other.Name) is { } known ? _facts.Known(known) : _facts.Unknown(other, fact.Subject);
    }

    private SpokenFact Besides(List<SpokenFact> given, bool open = true)
    {
        while (true)
        {
            SpokenFact fact = random.Chance(0.3) && split == Split.Training ? Like(random.Choose(given)) : _facts.Choose(open, open ? 0.5 : 0.9);
            if (given.TrueForAll(other => other.NounPhrase != fact.NounPhrase))
            {
                return fact;
            }
        }
    }

    private string Line(SpokenFact fact)
    {
        if (split == Split.Training && fact.Relation is { } relation && random.Chance(0.3))
        {
            return FactChooser.With(random.Choose(relation.TrainedStatements), fact.Subject).Replace("{o}", fact.NewAnswer, StringComparison.Ordinal);
        }

        return $"{fact.SentenceStart} is {fact.NewAnswer}.";
    }
}
