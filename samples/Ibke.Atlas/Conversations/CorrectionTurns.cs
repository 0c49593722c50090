using System.Text.Json.Nodes;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Conversations;

/// <summary>The user corrects a fact: the agent edits, and says what came of it.</summary>
internal static class CorrectionTurns
{
    private static readonly string[] _errors = ["Error: Function failed.", "Error: Unknown error.", "Error: the function failed."];

    /// <summary>Corrects what was just said, or something else.</summary>
    public static void Correct(Dialogue dialogue) => Correct(dialogue, null);

    /// <summary>Corrects what was just said, or something else.</summary>
    /// <param name="dialogue">The conversation.</param>
    /// <param name="other">What else; null: anything.</param>
    public static void Correct(Dialogue dialogue, SpokenFact? other)
    {
        SpokenFact fact;
        string question;
        if (dialogue.Last is { } last && dialogue.Random.Chance(0.5))
        {
            dialogue.Tag = "correct-anaphor";
            fact = last with { NewAnswer = dialogue.Facts.OtherValue(last, dialogue.Present(last)) };
            question = fact.Question;
            dialogue.User(fact.Fill(dialogue.Phrase("anaphor"), fact.NewAnswer));
        }
        else
        {
            fact = other ?? dialogue.Facts.Choose();
            question = fact.Canonical;
            State(dialogue, fact);
        }

        if (dialogue.Has("edit_fact"))
        {
            Edit(dialogue, fact, question);
        }
        else
        {
            dialogue.Refuse();
        }
    }

    /// <summary>The call, its result, and what the agent says of it.</summary>
    public static void Edit(Dialogue dialogue, SpokenFact fact, string question)
    {
        dialogue.Call("edit_fact", ("question", question), ("answer", fact.NewAnswer), ("subject", fact.Subject));
        double outcome = dialogue.Random.NextDouble();
        if (outcome < 0.68)
        {
            Apply(dialogue, fact, question);
        }
        else if (outcome < 0.92)
        {
            Decline(dialogue);
        }
        else if (outcome < 0.96 && dialogue.Split == Split.Training)
        {
            dialogue.Tag += "+unchanged";
            dialogue.Result(new JsonObject { ["status"] = "current", ["answer"] = fact.NewAnswer });
            dialogue.Say($"Yes, {fact.NounPhrase} is {fact.NewAnswer}.");
        }
        else
        {
            dialogue.Tag += "+refused";
            dialogue.Result(dialogue.Random.Choose(_errors));
            dialogue.Say("The edit failed.");
        }

        dialogue.Last = fact with { Question = question };
    }

    private static void State(Dialogue dialogue, SpokenFact fact)
    {
        if (fact.Relation is { } relation && dialogue.Random.Chance(0.25))
        {
            dialogue.Tag = "correct-statement";
            string statement = dialogue.Random.Choose(dialogue.Split == Split.Test ? relation.HeldStatements : relation.TrainedStatements);
            string spoken = FactChooser.With(statement, fact.Subject).Replace("{o}", fact.NewAnswer, StringComparison.Ordinal);
            dialogue.User(dialogue.Phrase("correct_statement").Replace("{st}", spoken, StringComparison.Ordinal));
            return;
        }

        dialogue.Tag = "correct";
        dialogue.User(fact.Fill(dialogue.Phrase("correct"), fact.NewAnswer));
    }

    private static void Apply(Dialogue dialogue, SpokenFact fact, string question)
    {
        dialogue.Tag += "+applied";
        string id = dialogue.EditId();
        JsonObject result = dialogue.Random.Next(20) switch
        {
            < 3 => new JsonObject { ["edit_id"] = id, ["status"] = "applied" },
            < 6 => new JsonObject { ["status"] = "applied", ["edit_id"] = id, ["question"] = question, ["answer"] = fact.NewAnswer },
            _ => new JsonObject { ["status"] = "applied", ["edit_id"] = id },
        };
        dialogue.Result(result);
        dialogue.Say($"Updated: {fact.NounPhrase} is now {fact.NewAnswer}.");
        dialogue.Edits.Add(new Dialogue.MadeEdit(id, question, fact.NounPhrase, dialogue.Present(fact), fact.NewAnswer));
        dialogue.Change(fact.NounPhrase, fact.NewAnswer);
        dialogue.Touched.Add(fact);
    }

    private static void Decline(Dialogue dialogue)
    {
        dialogue.Tag += "+refused";
        string reason = Reason(dialogue);
        bool refused = dialogue.Random.Chance(0.5);
        dialogue.Result(new JsonObject { ["status"] = refused ? "refused" : "failed", ["reason"] = reason });
        dialogue.Say(refused ? $"The edit was refused: {reason}." : $"The edit failed: {reason}.");
    }

    // A reason is to be repeated whatever it says, so half of them say anything.
    private static string Reason(Dialogue dialogue) => dialogue.Split == Split.Training && dialogue.Random.Chance(0.5)
        ? dialogue.Facts.Names.SomeWords(dialogue.Random, 1, 6)
        : dialogue.Phrase("reasons");
}
