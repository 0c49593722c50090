using System.Text.Json.Nodes;
using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Conversations;

/// <summary>A conversation while it is made: its messages, and what has been said and changed so far.</summary>
/// <remarks>Not thread-safe: draws from one stream.</remarks>
public sealed class Dialogue(PhraseBook phrases, FactChooser facts, SeededRandom random, Split split, Toolset? tools)
{
    private readonly List<Message> _messages = [];
    private readonly Dictionary<string, string> _changed = [];

    /// <summary>What is said.</summary>
    public PhraseBook Phrases => phrases;

    /// <summary>What is spoken of.</summary>
    public FactChooser Facts => facts;

    /// <summary>The stream.</summary>
    public SeededRandom Random => random;

    /// <summary>What it is for.</summary>
    public Split Split => split;

    /// <summary>The messages so far.</summary>
    public IReadOnlyList<Message> Messages => _messages;

    /// <summary>The fact that "that" means; null where it means nothing.</summary>
    public SpokenFact? Last { get; set; }

    /// <summary>The skill that the next replies show.</summary>
    public string Tag { get; set; } = "";

    /// <summary>The edits made here that are in force, oldest first.</summary>
    public List<MadeEdit> Edits { get; } = [];

    /// <summary>The facts that were changed here.</summary>
    public List<SpokenFact> Touched { get; } = [];

    /// <summary>Whether a function is listed.</summary>
    public bool Has(string function) => tools is not null && tools.Names.ContainsKey(function);

    /// <summary>Whether a fact was changed here.</summary>
    public bool IsChanged(SpokenFact fact) => _changed.ContainsKey(fact.NounPhrase);

    /// <summary>The answer that holds at this point of the conversation.</summary>
    public string Present(SpokenFact fact) => _changed.GetValueOrDefault(fact.NounPhrase, fact.Answer);

    /// <summary>From here on another answer holds.</summary>
    public void Change(string nounPhrase, string answer) => _changed[nounPhrase] = answer;

    /// <summary>A phrase of a purpose.</summary>
    public string Phrase(string purpose) => phrases[purpose].Choose(random, split);

    /// <summary>The user speaks.</summary>
    public void User(string text) => _messages.Add(new Message("user", text));

    /// <summary>The assistant replies.</summary>
    public void Say(string text) => _messages.Add(new Message("assistant", text) { Tag = Tag });

    /// <summary>The assistant says that no function fits.</summary>
    public void Refuse()
    {
        Tag = "no-tool";
        Say(phrases.NoTool);
        Last = null;
    }

    /// <summary>The assistant calls a function.</summary>
    public void Call(string function, params ReadOnlySpan<(string Name, string Value)> arguments) =>
        _messages.Add(new Message("assistant", "") { Tag = Tag + ":call", Call = tools!.Call(function, arguments) });

    /// <summary>A function gives text back.</summary>
    public void Result(string text) => _messages.Add(new Message("tool", text));

    /// <summary>A function gives JSON back.</summary>
    public void Result(JsonObject result) => Result(ResultText.Of(result, spaced: split == Split.Test || random.Chance(0.85)));

    /// <summary>An id as hosts make them.</summary>
    public string EditId()
    {
        string Hex(int digits) => string.Concat(Enumerable.Range(0, digits).Select(_ => random.Choose("0123456789abcdef".ToCharArray())));
        return random.Next(split == Split.Test ? 7 : 13) switch
        {
            0 => $"e{random.Next(1, 1000)}",
            1 => $"e-{Hex(random.Choose([4, 6, 8]))}",
            2 => $"edit-{random.Next(1, 10000)}",
            3 => Hex(8),
            4 => Hex(12),
            5 => random.Next(1, 1000).ToString(),
            6 => $"E{random.Next(1, 100):0000}",
            7 => $"e{random.Next(1, 10)}",
            8 => $"{random.Choose(facts.Names.Words)}-{random.Next(1, 1000)}",
            9 => $"{Hex(4)}-{Hex(4)}",
            10 => $"{(char)('A' + random.Next(26))}{(char)('A' + random.Next(26))}-{random.Next(1, 10000)}",
            11 => $"#{random.Next(1, 10000)}",
            _ => Hex(16),
        };
    }

    /// <summary>An edit that was made in this conversation.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Question">The question it was made with.</param>
    /// <param name="NounPhrase">Of the fact.</param>
    /// <param name="Before">The answer before.</param>
    /// <param name="After">The answer since.</param>
    public sealed record MadeEdit(string Id, string Question, string NounPhrase, string Before, string After);
}
