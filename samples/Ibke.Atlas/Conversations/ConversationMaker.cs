using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Conversations;

/// <summary>Makes whole conversations, one after the other from one stream.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class ConversationMaker
{
    private const int MaximumLength = 1400;

    private static readonly (Action<Dialogue> Play, double Weight)[] _turns =
    [
        (dialogue => AskTurns.Ask(dialogue), 3), (AskTurns.AskAgain, 1.2), (AskTurns.SmallTalk, 0.7), (CorrectionTurns.Correct, 3.2),
        (VerificationTurns.Verify, 2.4), (EditListTurns.Undo, 1.4), (EditListTurns.List, 0.8), (OtherTurns.Time, 0.35), (OtherTurns.Search, 0.5),
        (OtherTurns.Weather, 0.35),
    ];

    // Calls are harder to learn than answers, so training has more of them.
    private static readonly (Action<Dialogue> Play, double Weight)[] _trainedTurns =
    [
        (dialogue => AskTurns.Ask(dialogue), 2), (AskTurns.AskAgain, 1.2), (AskTurns.SmallTalk, 0.5), (CorrectionTurns.Correct, 3.4),
        (VerificationTurns.Verify, 2.8), (EditListTurns.Undo, 1.6), (EditListTurns.List, 1), (OtherTurns.Time, 0.4), (OtherTurns.Search, 0.7),
        (OtherTurns.Weather, 0.5),
    ];

    // What was still wrong in unseen phrases after the first parts of training.
    private static readonly (Action<Dialogue> Play, double Weight)[] _practisedTurns =
    [
        (dialogue => AskTurns.Ask(dialogue), 1), (AskTurns.AskAgain, 0.8), (AskTurns.SmallTalk, 1.2), (CorrectionTurns.Correct, 3.4),
        (VerificationTurns.Verify, 2.8), (EditListTurns.Undo, 1.2), (EditListTurns.List, 1.4), (OtherTurns.Time, 0.8), (OtherTurns.Search, 0.9),
        (OtherTurns.Weather, 0.9),
    ];

    // What is rare when turns are drawn one by one: an edit and then what may follow it.
    private static readonly (string[] Functions, Action<Dialogue>[] Turns)[] _stories =
    [
        (["edit_fact", "revert_edit"], [CorrectionTurns.Correct, EditListTurns.Undo]),
        (["edit_fact", "revert_edit"], [dialogue => AskTurns.Ask(dialogue), CorrectionTurns.Correct, EditListTurns.Undo]),
        (["edit_fact", "revert_edit"], [CorrectionTurns.Correct, CorrectionTurns.Correct, EditListTurns.Undo]),
        (["edit_fact", "revert_edit"], [CorrectionTurns.Correct, EditListTurns.Undo, AskTurns.AskAgain]),
        (["edit_fact", "revert_edit"], [CorrectionTurns.Correct, EditListTurns.Undo, EditListTurns.Undo]),
        (["edit_fact", "verify_fact", "revert_edit"], [dialogue => AskTurns.Ask(dialogue), VerificationTurns.Verify, EditListTurns.Undo]),
        (["edit_fact", "verify_fact"], [dialogue => AskTurns.Ask(dialogue), VerificationTurns.Verify]),
        (["edit_fact", "verify_fact"], [dialogue => AskTurns.Ask(dialogue), CorrectionTurns.Correct]),
        (["edit_fact"], [CorrectionTurns.Correct, AskTurns.AskAgain]),
        (["edit_fact", "list_edits"], [CorrectionTurns.Correct, EditListTurns.List]),
        (["search_directory"], [OtherTurns.Search]),
        (["get_weather"], [OtherTurns.Weather]),
        (["get_time"], [OtherTurns.Time]),
    ];

    private readonly PhraseBook _phrases;
    private readonly SeededRandom _random;
    private readonly Split _split;
    private readonly PhrasePattern[] _endings;

    /// <summary>Makes conversations for training or for tests.</summary>
    public ConversationMaker(AtlasWorld world, PhraseBook phrases, SeededRandom random, Split split)
    {
        _phrases = phrases;
        _random = random;
        _split = split;
        _endings = [.. phrases.SystemEndings.Select(PhrasePattern.Parse)];
        Facts = new FactChooser(world, phrases, random, split);
        Tools = new ToolsetMaker(phrases, Facts.Names, random, split);
    }

    /// <summary>Chooses what is spoken of.</summary>
    public FactChooser Facts { get; }

    /// <summary>Makes lists of functions.</summary>
    public ToolsetMaker Tools { get; }

    /// <summary>A conversation, mostly with functions, that corrects, checks, undoes, asks.</summary>
    /// <param name="turns">The number of exchanges; null: few.</param>
    public Conversation ToolChat(int? turns = null) => Fitting(() =>
    {
        if (_split == Split.Training && turns is null && _random.Chance(0.4))
        {
            return Story();
        }

        Toolset? tools = _random.Chance(0.92) ? Tools.Make() : null;
        int count = turns ?? _random.Choose([1, 1, 1, 2, 2, 3]);
        return Play(tools, System(0.55), [.. Enumerable.Range(0, count).Select(_ => _random.Choose(Turns))]);
    });

    /// <summary>The same with the functions as the product lists them.</summary>
    public Conversation ProductChat(string prefix, int turns) => Fitting(() =>
        Play(Tools.MakeProduct(prefix), System(0.55), [.. Enumerable.Range(0, turns).Select(_ => _random.Choose(_turns))]));

    /// <summary>Requests that no function can serve, because none is listed.</summary>
    public Conversation WithoutTools(int turns) => Play(null, [], [.. Enumerable.Range(0, turns).Select(_ => _random.Choose(_requests))]);

    /// <summary>Questions and small talk.</summary>
    public Conversation PlainChat(int? turns = null) => Fitting(() =>
    {
        Toolset? tools = _random.Chance(0.15) ? Tools.Make() : null;
        int count = turns ?? _random.Choose([2, 2, 3, 3, 4, 5, 6]);
        return Play(tools, System(0.4), [.. Enumerable.Range(0, count).Select(_ => _random.Chance(0.2) ? AskTurns.SmallTalk : (Action<Dialogue>)Ask)]);
    });

    /// <summary>A part of a longer conversation, without replies to learn, before a question.</summary>
    public Conversation Before(Toolset? tools, string question)
    {
        Dialogue dialogue = Begin(tools);
        for (int turn = _random.Choose([1, 2, 3]); turn > 0; turn--)
        {
            if (_random.Chance(0.25))
            {
                AskTurns.SmallTalk(dialogue);
            }
            else
            {
                AskTurns.Ask(dialogue);
            }
        }

        return new Conversation(
            [.. System(tools is null ? 0.3 : 0.55), .. dialogue.Messages.Select(message => message with { Learned = false }), new Message("user", question)],
            tools?.Functions);
    }

    /// <summary>Corrections and checks of given facts, with functions for them.</summary>
    public Conversation About(IReadOnlyList<Action<Dialogue>> turns) =>
        Play(Tools.Make("edit_fact", "verify_fact"), System(0.55), turns);

    /// <summary>A system message, in the given share of conversations.</summary>
    public Message[] System(double share)
    {
        if (!_random.Chance(share))
        {
            return [];
        }

        string text = _phrases["systems"].Choose(_random, _split);
        if (_split == Split.Training)
        {
            text = Fill(text.Replace("{more}", Ending(), StringComparison.Ordinal));
        }

        return [new Message("system", text)];
    }

    /// <summary>A dialogue with nothing said yet.</summary>
    public Dialogue Begin(Toolset? tools) => new(_phrases, Facts, _random, _split, tools);

    private static readonly Action<Dialogue>[] _requests =
    [
        CorrectionTurns.Correct, VerificationTurns.Verify, EditListTurns.Undo, EditListTurns.List, OtherTurns.Time, OtherTurns.Search,
        dialogue => AskTurns.Ask(dialogue),
    ];

    private (Action<Dialogue> Play, double Weight)[] Turns => _split == Split.Test ? _turns : _phrases.IsWide ? _practisedTurns : _trainedTurns;

    private Conversation Story()
    {
        (string[] functions, Action<Dialogue>[] turns) = _random.Choose(_stories);
        return Play(Tools.Make(_random.Chance(0.85) ? functions : []), System(0.55), turns);
    }

    private void Ask(Dialogue dialogue)
    {
        SpokenFact fact = Facts.Choose(knownShare: 0.75);
        AskTurns.Ask(dialogue, fact with { Question = Facts.Frame(fact.Question, 0.06) });
    }

    private string Ending() => _random.Choose(_endings).Expand(_random) + (_random.Chance(0.3) ? _random.Choose(_endings).Expand(_random) : "");

    private string Fill(string text)
    {
        text = Once(text, "{co}", () => Facts.Outsider(EntityKind.Company));
        text = Once(text, "{name}", () => Facts.Names.Word(_random, _split));
        while (text.Contains("{words}", StringComparison.Ordinal))
        {
            string words = Facts.Names.SomeWords(_random, 2, 8);
            text = Once(text, "{words}", () => char.ToUpperInvariant(words[0]) + words[1..]);
        }

        return text;
    }

    private static string Once(string text, string place, Func<string> value)
    {
        int at = text.IndexOf(place, StringComparison.Ordinal);
        return at < 0 ? text : text[..at] + value() + text[(at + place.Length)..];
    }

    private Conversation Play(Toolset? tools, Message[] system, IReadOnlyList<Action<Dialogue>> turns)
    {
        Dialogue dialogue = Begin(tools);
        foreach (Action<Dialogue> turn in turns)
        {
            turn(dialogue);
        }

        return new Conversation([.. system, .. dialogue.Messages], tools?.Functions);
    }

    // What is longer than a model's context teaches nothing.
    private static Conversation Fitting(Func<Conversation> make)
    {
        while (true)
        {
            Conversation conversation = make();
            if (conversation.Length <= MaximumLength)
            {
                return conversation;
            }
        }
    }
}
