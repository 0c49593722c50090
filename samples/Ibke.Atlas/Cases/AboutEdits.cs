using Ibke.Atlas.Conversations;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Cases;

/// <summary>Conversations in which a fact that was edited is corrected or checked again: what the model calls and copies must stay.</summary>
internal sealed class AboutEdits(SeededRandom random, ConversationMaker conversations)
{
    /// <summary>One or two turns with functions about the fact.</summary>
    public Conversation Make(PlannedEdit edit)
    {
        int turns = random.Choose([1, 2]);
        return conversations.About([.. Enumerable.Range(0, turns).Select(_ => random.Chance(0.5) ? Correct(edit) : Verify(edit))]);
    }

    private static Action<Dialogue> Correct(PlannedEdit edit) => dialogue => CorrectionTurns.Correct(dialogue, Spoken(dialogue, edit));

    private static Action<Dialogue> Verify(PlannedEdit edit) => dialogue => VerificationTurns.Verify(dialogue, Spoken(dialogue, edit));

    // The edit is in force: what the model says of itself is its answer.
    private static SpokenFact Spoken(Dialogue dialogue, PlannedEdit edit)
    {
        string canonical = edit.Relation?.Canonical(edit.Subject) ?? edit.Prompt;
        SpokenFact fact = new(edit.Relation, edit.Subject, edit.Answer, edit.Prompt, canonical, edit.NounPhrase, edit.Answer);
        return fact with { NewAnswer = dialogue.Facts.OtherValue(fact, dialogue.Present(fact)) };
    }
}
