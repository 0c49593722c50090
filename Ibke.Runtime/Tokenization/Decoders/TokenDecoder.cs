using System.Text;
using System.Text.Unicode;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tokenization.Patterns;
using Ibke.Runtime.Tokenization.PreTokenizers;

namespace Ibke.Runtime.Tokenization.Decoders;

/// <summary>Turns tokens into text, one after the other. Immutable and thread-safe.</summary>
internal abstract class TokenDecoder
{
    /// <summary>Whether all that comes out counts as one token for the next decoder.</summary>
    public virtual bool Fuses => false;

    /// <summary>Begins a new text.</summary>
    public DecodedText Begin() => new(this);

    /// <summary>Begins a new text whose parts go to another run.</summary>
    /// <param name="next">Receives what comes out.</param>
    /// <param name="fused">Whether what comes in are parts of one token.</param>
    public abstract DecoderRun Begin(DecoderRun next, bool fused);

    /// <summary>The bytes that a token stands for; null where it is ordinary text.</summary>
    public virtual byte[]? RawBytes(string token) => null;

    /// <summary>The bytes of UTF-8 that a token adds to a text; parts of a character are not replaced.</summary>
    /// <param name="token">The token.</param>
    /// <param name="isFirst">Whether no other token comes before it.</param>
    public byte[] Bytes(string token, bool isFirst)
    {
        if (RawBytes(token) is byte[] raw && !Utf8.IsValid(raw))
        {
            return raw;
        }

        DecodedText text = Begin();
        string before = isFirst ? "" : text.Append("a");
        string whole = before + text.Append(token) + text.Flush();
        return Encoding.UTF8.GetBytes(isFirst ? whole : whole[1..]);
    }

    /// <summary>Makes the decoder that a <c>decoder</c> object of tokenizer.json describes; a missing one sets spaces between tokens.</summary>
    /// <exception cref="CheckpointException">Its kind is not supported, or it is not well-formed.</exception>
    public static TokenDecoder Read(ConfigFile? json) => json?.GetString("type") switch
    {
        null => new SpacingDecoder(),
        "Sequence" => new SequenceDecoder([.. json.GetObjects("decoders").Select(Read)]),
        "ByteLevel" => new ByteLevelDecoder(),
        "ByteFallback" => new ByteFallbackDecoder(),
        "Fuse" => new FuseDecoder(),
        "Strip" => new StripDecoder(ReadCharacter(json, "content"), ReadCount(json, "start"), ReadCount(json, "stop")),
        "Replace" => new ReplaceDecoder(PatternReader.Read(json, "pattern"), json.GetString("content")),
        "Metaspace" => new MetaspaceDecoder(
            MetaspacePreTokenizer.ReadMark(json), dropsFirst: MetaspacePreTokenizer.ReadScheme(json) != PrependScheme.Never),
        "BPEDecoder" => new WordSuffixDecoder(json.GetString("suffix", "</w>")!),
        string other => throw json.Unusable(
            "type",
            $"the decoder '{other}' is not supported",
            "Supported are Sequence, ByteLevel, ByteFallback, Fuse, Strip, Replace, Metaspace and BPEDecoder."),
    };

    private static string ReadCharacter(ConfigFile json, string key) =>
        json.GetString(key) is string text && text.EnumerateRunes().Count() == 1
            ? text
            : throw json.Unusable(key, "a single character is expected", "Copy the file again.");

    private static int ReadCount(ConfigFile json, string key) =>
        json.GetInt(key) is int count and >= 0 ? count : throw json.Unusable(key, "a count is expected", "Copy the file again.");
}
