using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Tokenization.Decoders;

/// <summary>Turns tokens into text, one after the other. Immutable and thread-safe.</summary>
internal abstract class TokenDecoder
{
    /// <summary>Begins a new text.</summary>
    public abstract DecoderRun Begin();

    /// <summary>The bytes of UTF-8 that a token adds to a text; parts of a character are not replaced.</summary>
    /// <param name="token">The token.</param>
    /// <param name="isFirst">Whether no other token comes before it.</param>
    public abstract byte[] Bytes(string token, bool isFirst);

    /// <summary>Makes the decoder that a <c>decoder</c> object of tokenizer.json describes; a missing one sets spaces between tokens.</summary>
    /// <exception cref="CheckpointException">Its kind is not supported, or it is not well-formed.</exception>
    public static TokenDecoder Read(ConfigFile? json) => json?.GetString("type") switch
    {
        null => new SpacingDecoder(),
        "Sequence" => new SequenceDecoder([.. json.GetObjects("decoders").Select(Read)]),
        "ByteLevel" => new ByteLevelDecoder(),
        string other => throw json.Unusable("type", $"the decoder '{other}' is not supported", "Supported are Sequence and ByteLevel."),
    };
}

/// <summary>One text on its way out of a decoder. Belongs to one caller at a time.</summary>
internal abstract class DecoderRun
{
    /// <summary>The text that is certain once the token has come; what may still change waits.</summary>
    public abstract string Append(string token);

    /// <summary>The text that waited, at the end. The run begins anew.</summary>
    public abstract string Flush();
}
