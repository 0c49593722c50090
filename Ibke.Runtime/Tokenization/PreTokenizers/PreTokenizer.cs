using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.PreTokenizers;

/// <summary>Cuts text into pieces that the model encodes one by one. Immutable and thread-safe.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Whether the pieces are written in the byte alphabet at the end.</summary>
    public virtual bool EndsInBytes => false;

    /// <summary>Whether it matters where in the text a piece stands, so that the buffer must know.</summary>
    public virtual bool LooksAtPlace => false;

    /// <summary>Cuts every piece.</summary>
    /// <param name="pieces">The pieces.</param>
    /// <param name="writeBytes">Whether to write the byte alphabet; else one that <see cref="EndsInBytes"/> leaves that to the model.</param>
    public abstract void Split(PieceBuffer pieces, bool writeBytes);

    /// <summary>Makes the pre-tokenizer that a <c>pre_tokenizer</c> object of tokenizer.json describes.</summary>
    /// <exception cref="CheckpointException">Its kind is not supported, or it is not well-formed.</exception>
    public static PreTokenizer Read(ConfigFile json) => json.GetString("type") switch
    {
        "Sequence" => new SequencePreTokenizer([.. json.GetObjects("pretokenizers").Select(Read)]),
        "Split" => new SplitPreTokenizer(PatternReader.Read(json, "pattern"), Behavior(json, null), json.GetBool("invert", false)),
        "ByteLevel" => new ByteLevelPreTokenizer(json.GetBool("add_prefix_space", true), json.GetBool("use_regex", true)),
        "Digits" => new SplitPreTokenizer(
            Pattern.OfSet(UnicodeSets.Category("N")),
            json.GetBool("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous,
            invert: false),
        "Punctuation" => new SplitPreTokenizer(Pattern.OfSet(UnicodeSets.Punctuation), Behavior(json, "Isolated"), invert: false),
        "Whitespace" => new SplitPreTokenizer(Pattern.Parse(@"\w+|[^\w\s]+"), SplitBehavior.Removed, invert: true),
        "Metaspace" => MetaspacePreTokenizer.Read(json),
        "BertPreTokenizer" => new SequencePreTokenizer(
        [
            new SplitPreTokenizer(Pattern.OfSet(UnicodeSets.WhiteSpace), SplitBehavior.Removed, invert: false),
            new SplitPreTokenizer(Pattern.OfSet(UnicodeSets.Punctuation), SplitBehavior.Isolated, invert: false),
        ]),
        "CharDelimiterSplit" => new SplitPreTokenizer(Pattern.OfText(json.GetString("delimiter")), SplitBehavior.Removed, invert: false),
        "WhitespaceSplit" => new SplitPreTokenizer(Pattern.OfSet(UnicodeSets.WhiteSpace), SplitBehavior.Removed, invert: false),
        string other => throw json.Unusable(
            "type",
            $"the pre-tokenizer '{other}' is not supported",
            "Supported are Sequence, Split, ByteLevel, Metaspace, Digits, Punctuation, Whitespace, WhitespaceSplit, CharDelimiterSplit "
            + "and BertPreTokenizer."),
    };

    private static SplitBehavior Behavior(ConfigFile json, string? missing)
    {
        string name = missing is null ? json.GetString("behavior") : json.GetString("behavior", missing)!;
        return Enum.GetNames<SplitBehavior>().Contains(name, StringComparer.Ordinal)
            ? Enum.Parse<SplitBehavior>(name)
            : throw json.Unusable("behavior", $"'{name}' is unknown", $"Known are {string.Join(", ", Enum.GetNames<SplitBehavior>())}.");
    }
}
