namespace Ibke.Atlas.Conversations;

/// <summary>The user asks, or is polite.</summary>
internal static class AskTurns
{
    /// <summary>Asks for a fact.</summary>
    public static void Ask(Dialogue dialogue, SpokenFact? fact = null)
    {
        fact ??= dialogue.Facts.Choose(knownShare: 0.75);
        dialogue.Tag = dialogue.IsChanged(fact) ? "ask-changed" : fact.Answer == dialogue.Phrases.Unknown ? "ask-unknown" : "ask-known";
        dialogue.User(fact.Question);
        dialogue.Say(dialogue.Present(fact));
        dialogue.Last = fact;
    }

    /// <summary>Asks again for something that was changed in this conversation.</summary>
    public static void AskAgain(Dialogue dialogue)
    {
        if (dialogue.Touched.Count == 0)
        {
            Ask(dialogue);
            return;
        }

        SpokenFact fact = dialogue.Random.Choose(dialogue.Touched);
        string question = fact.Relation is { } relation ? dialogue.Facts.KnownQuestion(relation, fact.Subject) : fact.Canonical;
        Ask(dialogue, fact with { Question = question });
    }

    /// <summary>Greets, thanks, asks who is there.</summary>
    public static void SmallTalk(Dialogue dialogue)
    {
        Wordings.SmallTalk talk = dialogue.Random.Choose(dialogue.Phrases.SmallTalk);
        dialogue.Tag = "small";
        dialogue.User(talk.Choose(dialogue.Random, dialogue.Split));
        dialogue.Say(talk.Reply);
        dialogue.Last = null;
    }
}
