using System.Text.Json.Nodes;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Conversations;

/// <summary>The user has a fact checked: the agent verifies it, and edits it if it is stale.</summary>
internal static class VerificationTurns
{
    /// <summary>Has what was just said checked, or something else.</summary>
    public static void Verify(Dialogue dialogue) => Verify(dialogue, null);

    /// <summary>Has what was just said checked, or something else.</summary>
    /// <param name="dialogue">The conversation.</param>
    /// <param name="other">What else; null: anything.</param>
    public static void Verify(Dialogue dialogue, SpokenFact? other)
    {
        SpokenFact fact;
        string question;
        if (dialogue.Last is { } last && dialogue.Random.Chance(0.65))
        {
            dialogue.Tag = "verify-still";
            fact = last;
            question = fact.Question;
            dialogue.User(dialogue.Phrase("still"));
        }
        else
        {
            dialogue.Tag = "verify-check";
            fact = other ?? dialogue.Facts.Choose();
            string phrase = dialogue.Phrase("check");
            question = phrase.Contains("{q}", StringComparison.Ordinal) ? fact.Question : fact.Canonical;
            dialogue.User(fact.Fill(phrase, fact.Answer == dialogue.Phrases.Unknown ? fact.NewAnswer : fact.Answer));
        }

        if (!dialogue.Has("verify_fact"))
        {
            dialogue.Refuse();
            return;
        }

        dialogue.Call("verify_fact", ("question", question));
        Answer(dialogue, fact with { Question = question });
    }

    private static void Answer(Dialogue dialogue, SpokenFact fact)
    {
        double outcome = dialogue.Random.NextDouble();
        string present = dialogue.Present(fact);
        bool known = present != dialogue.Phrases.Unknown;
        if (outcome < 0.35)
        {
            dialogue.Tag += "+current";
            string answer = known ? present : fact.NewAnswer;
            dialogue.Result(new JsonObject { ["status"] = "current", ["answer"] = answer });
            dialogue.Say($"Yes, {fact.NounPhrase} is {answer}.");
            dialogue.Last = fact;
        }
        else if (outcome < 0.85)
        {
            dialogue.Tag += "+stale";
            Mend(dialogue, fact with { NewAnswer = dialogue.Facts.OtherValue(fact, present) }, present);
        }
        else
        {
            dialogue.Tag += "+failed";
            Fail(dialogue);
            dialogue.Last = fact;
        }
    }

    private static void Mend(Dialogue dialogue, SpokenFact fact, string present)
    {
        dialogue.Result(new JsonObject { ["status"] = "stale", ["answer"] = present, ["current"] = fact.NewAnswer });
        if (dialogue.Has("edit_fact"))
        {
            CorrectionTurns.Edit(dialogue, fact, fact.Question);
            return;
        }

        dialogue.Say($"That is outdated: {fact.NounPhrase} is now {fact.NewAnswer}.");
        dialogue.Last = null;
    }

    private static void Fail(Dialogue dialogue)
    {
        if (dialogue.Random.Chance(0.6))
        {
            dialogue.Result(new JsonObject { ["status"] = "unknown" });
        }
        else if (dialogue.Split == Split.Training && dialogue.Random.Chance(0.5))
        {
            dialogue.Result(new JsonObject { ["status"] = "failed", ["reason"] = dialogue.Phrase("reasons") });
        }
        else
        {
            dialogue.Result("Error: Function failed.");
        }

        dialogue.Say("I could not check that.");
    }
}
