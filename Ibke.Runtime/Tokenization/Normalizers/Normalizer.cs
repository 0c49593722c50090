using System.Text;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>Changes a text before it is cut into pieces. Immutable and thread-safe.</summary>
internal abstract class Normalizer
{
    /// <summary>The changed text.</summary>
    /// <param name="text">Without lone surrogates; the result has none either.</param>
    public string Normalize(string text) => Normalize(text, null);

    /// <summary>The changed text, and where it comes from.</summary>
    /// <param name="text">Without lone surrogates; the result has none either.</param>
    /// <param name="sources">
    /// An empty list or null. Where the text is changed, the list receives for every UTF-16 unit of the result the unit of the text it stands for,
    /// or <see cref="RewrittenText.NoSource"/>; where the same string is returned, nothing.
    /// </param>
    public abstract string Normalize(string text, List<int>? sources);

    /// <summary>Makes the normalizer that a <c>normalizer</c> object of tokenizer.json describes.</summary>
    /// <exception cref="CheckpointException">Its kind is not supported, or it is not well-formed.</exception>
    public static Normalizer Read(ConfigFile json) => json.GetString("type") switch
    {
        "Sequence" => new SequenceNormalizer([.. json.GetObjects("normalizers").Select(Read)]),
        "NFC" => new UnicodeNormalizer(NormalizationForm.FormC),
        "NFD" => new UnicodeNormalizer(NormalizationForm.FormD),
        "NFKC" => new UnicodeNormalizer(NormalizationForm.FormKC),
        "NFKD" => new UnicodeNormalizer(NormalizationForm.FormKD),
        "Lowercase" => new LowercaseNormalizer(),
        "Replace" => new ReplaceNormalizer(PatternReader.Read(json, "pattern"), json.GetString("content")),
        "Prepend" => new PrependNormalizer(json.GetString("prepend")),
        "Strip" => new StripNormalizer(json.GetBool("strip_left", true), json.GetBool("strip_right", true)),
        "StripAccents" => FilterNormalizer.Accents(),
        "Precompiled" => PrecompiledNormalizer.Read(json),
        "Nmt" => Nmt(),
        "ByteLevel" => new ByteAlphabetNormalizer(),
        "BertNormalizer" => Bert(json),
        string other => throw json.Unusable(
            "type",
            $"the normalizer '{other}' is not supported",
            "Supported are Sequence, NFC, NFD, NFKC, NFKD, Lowercase, Replace, Prepend, Strip, StripAccents, Precompiled, Nmt, ByteLevel "
            + "and BertNormalizer."),
    };

    /// <summary>What SentencePiece models for translation do: control characters away, all kinds of white space one.</summary>
    private static SequenceNormalizer Nmt() => new(
    [
        new FilterNormalizer(CodePointSet.Of((0x01, 0x08), (0x0B, 0x0B), (0x0E, 0x1F), (0x7F, 0x7F), (0x8F, 0x8F), (0x9F, 0x9F))),
        new ReplaceNormalizer(
            Pattern.OfSet(CodePointSet.Of(
                (0x09, 0x0A), (0x0C, 0x0D), (0x1680, 0x1680), (0x200B, 0x200F), (0x2028, 0x2029), (0x2581, 0x2581), (0xFEFF, 0xFEFF), (0xFFFD, 0xFFFD))),
            " "),
    ]);

    private static SequenceNormalizer Bert(ConfigFile json)
    {
        List<Normalizer> parts = [];
        if (json.GetBool("clean_text", true))
        {
            CodePointSet kept = CodePointSet.Of('\t', '\n', '\r').Complement();
            parts.Add(new FilterNormalizer(UnicodeSets.Category("C").Intersect(kept).Union(CodePointSet.Of(0xFFFD))));
            parts.Add(new ReplaceNormalizer(Pattern.OfSet(UnicodeSets.WhiteSpace), " "));
        }

        if (json.GetBool("handle_chinese_chars", true))
        {
            parts.Add(new SurroundNormalizer(CodePointSet.Of(
                (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B920, 0x2CEAF),
                (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))));
        }

        bool lowercase = json.GetBool("lowercase", true);
        if (json.GetBool("strip_accents", lowercase))
        {
            parts.Add(new UnicodeNormalizer(NormalizationForm.FormD));
            parts.Add(new FilterNormalizer(UnicodeSets.Category("Mn")));
        }

        if (lowercase)
        {
            parts.Add(new LowercaseNormalizer());
        }

        return new SequenceNormalizer(parts);
    }
}
