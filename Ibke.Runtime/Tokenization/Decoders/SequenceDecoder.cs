namespace Ibke.Runtime.Tokenization.Decoders;

/// <summary>Hands what one decoder gives to the next.</summary>
internal sealed class SequenceDecoder(IReadOnlyList<TokenDecoder> parts) : TokenDecoder
{
    /// <inheritdoc/>
    public override bool Fuses => parts.Any(part => part.Fuses);

    /// <inheritdoc/>
    public override DecoderRun Begin(DecoderRun next, bool fused)
    {
        for (int i = parts.Count - 1; i >= 0; i--)
        {
            next = parts[i].Begin(next, fused || parts.Take(i).Any(part => part.Fuses));
        }

        return next;
    }

    /// <inheritdoc/>
    public override byte[]? RawBytes(string token) => parts.Select(part => part.RawBytes(token)).FirstOrDefault(bytes => bytes is not null);
}
