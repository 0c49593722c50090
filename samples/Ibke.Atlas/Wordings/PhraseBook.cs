using Ibke.Atlas.World;

namespace Ibke.Atlas.Wordings;

/// <summary>Everything users, systems and functions say in the conversations, by purpose.</summary>
/// <remarks>Immutable.</remarks>
public sealed class PhraseBook
{
    private readonly Dictionary<string, PhraseList> _lists;

    private PhraseBook(PhraseFile phrases, ToolFile tools, FurtherFile? further)
    {
        IsWide = further is not null;
        _lists = phrases.Phrases.ToDictionary(
            pair => pair.Key, pair => new PhraseList(pair.Value.Train, pair.Value.Test, further?.Phrases.GetValueOrDefault(pair.Key)));
        SmallTalk = [.. phrases.SmallTalk.Select((talk, i) => new SmallTalk([.. talk.Train, .. further?.SmallTalk[i] ?? []], talk.Test, talk.Reply))];
        SystemEndings = phrases.SystemEndings;
        ContextQuestions = phrases.ContextQuestions;
        Unknown = phrases.Unknown;
        NoTool = phrases.NoTool;
        OtherTools = tools.Other.ToDictionary(
            pair => pair.Key, pair => (IReadOnlyList<string>)pair.Value.Arguments, StringComparer.Ordinal);
        foreach ((string name, ToolFile.Tool tool) in tools.Other)
        {
            _lists[name] = new PhraseList(tool.Train, tool.Test);
        }

        Distractors = tools.Distractors.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Value);
        DistractorDescriptions = new PhraseList(tools.DistractorDescriptions, []);
        ArgumentNames = tools.Arguments.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Value);
        TrainedPrefixes = tools.TrainedPrefixes;
        TestPrefixes = tools.TestPrefixes;
        OtherPrefixes = tools.OtherPrefixes;
    }

    /// <summary>Whether it holds further phrases, and functions are to be named in more ways than usual.</summary>
    public bool IsWide { get; }

    /// <summary>How the model says that it does not know.</summary>
    public string Unknown { get; }

    /// <summary>How it says that no function fits.</summary>
    public string NoTool { get; }

    /// <summary>Greetings, thanks and the like.</summary>
    public IReadOnlyList<SmallTalk> SmallTalk { get; }

    /// <summary>Sentences at the end of a system message.</summary>
    public IReadOnlyList<string> SystemEndings { get; }

    /// <summary>What stands between facts given in a message and the question.</summary>
    public IReadOnlyList<string> ContextQuestions { get; }

    /// <summary>Functions that have nothing to do with facts, with their arguments; their descriptions are the list of their name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> OtherTools { get; }

    /// <summary>Functions that are listed and never fit.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Distractors { get; }

    /// <summary>Their descriptions.</summary>
    public PhraseList DistractorDescriptions { get; }

    /// <summary>Names that an argument may have, the usual one first.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ArgumentNames { get; }

    /// <summary>Plain prefixes of the functions about facts, in training.</summary>
    public IReadOnlyList<string> TrainedPrefixes { get; }

    /// <summary>Prefixes of the functions about facts, in tests.</summary>
    public IReadOnlyList<string> TestPrefixes { get; }

    /// <summary>Prefixes of other functions.</summary>
    public IReadOnlyList<string> OtherPrefixes { get; }

    /// <summary>The phrases of one purpose, such as <c>correct</c> or <c>edit_desc</c>.</summary>
    public PhraseList this[string name] => _lists[name];

    /// <summary>The names of the lists.</summary>
    public IEnumerable<string> Names => _lists.Keys;

    /// <summary>Reads the phrases from the resources of this assembly.</summary>
    public static PhraseBook Load() => new(Resource.Read<PhraseFile>("phrases.json"), Resource.Read<ToolFile>("tools.json"), null);

    /// <summary>The same with further phrases, for the last part of training.</summary>
    public static PhraseBook LoadWide() => new(
        Resource.Read<PhraseFile>("phrases.json"), Resource.Read<ToolFile>("tools.json"), Resource.Read<FurtherFile>("phrases-more.json"));

    private sealed record PhraseFile(
        PhraseFile.Talk[] SmallTalk, Dictionary<string, PhraseFile.Pair> Phrases, string[] SystemEndings, string[] ContextQuestions, string Unknown, string NoTool)
    {
        public sealed record Pair(string[] Train, string[] Test);

        public sealed record Talk(string[] Train, string[] Test, string Reply);
    }

    private sealed record FurtherFile(string[][] SmallTalk, Dictionary<string, string[]> Phrases);

    private sealed record ToolFile(
        Dictionary<string, ToolFile.Tool> Other,
        Dictionary<string, string[]> Distractors,
        string[] DistractorDescriptions,
        Dictionary<string, string[]> Arguments,
        string[] TrainedPrefixes,
        string[] TestPrefixes,
        string[] OtherPrefixes)
    {
        public sealed record Tool(string[] Arguments, string[] Train, string[] Test);
    }
}
