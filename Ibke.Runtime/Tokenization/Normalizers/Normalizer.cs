using System.Text;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>Changes a text before it is cut into pieces. Immutable and thread-safe.</summary>
internal abstract class Normalizer
{
    /// <summary>The changed text.</summary>
    /// <param name="text">Without lone surrogates; the result has none either.</param>
    public abstract string Normalize(string text);

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
        "Strip" => new StripNormalizer(json.GetBool("strip_left"), json.GetBool("strip_right")),
        "StripAccents" => new StripAccentsNormalizer(),
        string other => throw json.Unusable(
            "type",
            $"the normalizer '{other}' is not supported",
            "Supported are Sequence, NFC, NFD, NFKC, NFKD, Lowercase, Replace, Prepend, Strip and StripAccents."),
    };
}
