using System.Text;

namespace Ibke.Runtime.Tokenization.Decoders;

/// <summary>Hands what one decoder gives to the next.</summary>
internal sealed class SequenceDecoder(IReadOnlyList<TokenDecoder> parts) : TokenDecoder
{
    /// <inheritdoc/>
    public override DecoderRun Begin() => new Run([.. parts.Select(part => part.Begin())]);

    /// <inheritdoc/>
    public override byte[] Bytes(string token, bool isFirst) =>
        parts.Count == 1 ? parts[0].Bytes(token, isFirst) : Encoding.UTF8.GetBytes(parts.Aggregate(token, (text, part) => part.Begin().Append(text)));

    private sealed class Run(DecoderRun[] parts) : DecoderRun
    {
        public override string Append(string token) => parts.Aggregate(token, (text, part) => text.Length == 0 ? text : part.Append(text));

        public override string Flush() =>
            parts.Aggregate("", (text, part) => text.Length == 0 ? part.Flush() : part.Append(text) + part.Flush());
    }
}
