using Ibke.Atlas.World;

namespace Ibke.Atlas.Wordings;

/// <summary>The questions of one relation, as templates with <c>{s}</c>, by tier.</summary>
/// <remarks>Immutable.</remarks>
public sealed class QuestionWordings
{
    private readonly Carriers _carriers;
    private readonly string _nounPhrase;
    private readonly HashSet<string> _kept;

    internal QuestionWordings(RelationFile.Entry entry, Carriers carriers)
    {
        _carriers = carriers;
        _nounPhrase = entry.NounPhrase;
        Plain = entry.Questions.Train;
        Held = entry.Questions.Held;
        Unseen = entry.Questions.Unseen;
        PlainIndirect = entry.Indirect.Train;
        UnseenCarried = [.. carriers.Unseen.SelectMany(carrier => entry.Indirect.Train.Select(indirect => Carry(carrier, indirect)))];
        _kept = [.. Held.Concat(Unseen).Concat(UnseenCarried).Select(PhrasePattern.Comparable)];
        Direct = PhrasePattern.ExpandAll([.. entry.Questions.Train, .. entry.Questions.More], [.. Held, .. Unseen]);
        Indirect = PhrasePattern.ExpandAll([.. entry.Indirect.Train, .. entry.Indirect.More], []);
    }

    /// <summary>The plainest direct questions; trained.</summary>
    public IReadOnlyList<string> Plain { get; }

    /// <summary>The plainest indirect questions, without a carrier.</summary>
    public IReadOnlyList<string> PlainIndirect { get; }

    /// <summary>All direct questions of training.</summary>
    public IReadOnlyList<string> Direct { get; }

    /// <summary>Indirect questions of training, without a carrier.</summary>
    public IReadOnlyList<string> Indirect { get; }

    /// <summary>Questions that models are trained on, and editors are not.</summary>
    public IReadOnlyList<string> Held { get; }

    /// <summary>Questions that nothing is trained on.</summary>
    public IReadOnlyList<string> Unseen { get; }

    /// <summary>Trained indirect questions in carriers that nothing is trained on.</summary>
    public IReadOnlyList<string> UnseenCarried { get; }

    /// <summary>A template of the tier.</summary>
    public string Choose(SeededRandom random, WordingTier tier) => tier switch
    {
        WordingTier.Held => random.Choose(Held),
        WordingTier.Unseen => random.Choose(random.Chance(0.5) ? Unseen : UnseenCarried),
        _ => ChooseTrained(random),
    };

    // A fifth is plain, so that the commonest questions are the best known.
    private string ChooseTrained(SeededRandom random)
    {
        while (true)
        {
            double kind = random.NextDouble();
            string template = kind < 0.2 ? random.Choose(Plain)
                : kind < 0.5 ? random.Choose(Direct)
                : kind < 0.6 ? Carry(random.Choose(_carriers.Plain), random.Choose(PlainIndirect))
                : kind < 0.88 ? Carry(random.Choose(_carriers.Trained), random.Choose(Indirect))
                : CarryNoun(random.Choose(_carriers.NounPhrases), _nounPhrase);
            if (!_kept.Contains(PhrasePattern.Comparable(template)))
            {
                return template;
            }
        }
    }

    internal static string Carry(string carrier, string indirect) => carrier.Replace("{i}", indirect, StringComparison.Ordinal);

    internal static string CarryNoun(string carrier, string nounPhrase) => carrier
        .Replace("{np}", nounPhrase, StringComparison.Ordinal)
        .Replace("{NP}", char.ToUpperInvariant(nounPhrase[0]) + nounPhrase[1..], StringComparison.Ordinal);
}
