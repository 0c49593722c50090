using Ibke.Atlas.World;

namespace Ibke.Atlas.Wordings;

/// <summary>Sentences around an indirect question (<c>{i}</c>), a noun phrase (<c>{np}</c>, <c>{NP}</c>) or a whole question (<c>{q}</c>).</summary>
/// <remarks>Immutable.</remarks>
public sealed class Carriers
{
    internal Carriers(RelationFile file)
    {
        Plain = file.Carriers.Train;
        Unseen = file.Carriers.Unseen;
        Trained = PhrasePattern.ExpandAll([.. file.Carriers.Train, .. file.Carriers.More], Unseen);
        NounPhrases = PhrasePattern.ExpandAll(file.NounCarriers, []);
        Frames = PhrasePattern.ExpandAll(file.Frames, []);
    }

    /// <summary>The plainest ones around indirect questions.</summary>
    public IReadOnlyList<string> Plain { get; }

    /// <summary>Around indirect questions, in training.</summary>
    public IReadOnlyList<string> Trained { get; }

    /// <summary>Around indirect questions, in tests.</summary>
    public IReadOnlyList<string> Unseen { get; }

    /// <summary>Around noun phrases.</summary>
    public IReadOnlyList<string> NounPhrases { get; }

    /// <summary>Around whole questions.</summary>
    public IReadOnlyList<string> Frames { get; }
}
