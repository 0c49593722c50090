using System.Text;
using System.Text.Unicode;
using Ibke.Runtime.Tokenization.Subwords;

namespace Ibke.Runtime.Tokenization.Decoders;

/// <summary>
/// Turns runs of the tokens <c>&lt;0x00&gt;</c> … <c>&lt;0xFF&gt;</c> into text. A run that is not UTF-8 as a whole becomes U+FFFD for every byte, so
/// it waits for the token that ends it.
/// </summary>
internal sealed class ByteFallbackDecoder : TokenDecoder
{
    /// <inheritdoc/>
    public override DecoderRun Begin(DecoderRun next, bool fused) => fused ? new CollectingRun(new Run(next)) : new Run(next);

    /// <inheritdoc/>
    public override byte[]? RawBytes(string token) => ByteTokens.ToByte(token) is byte value ? [value] : null;

    private sealed class Run(DecoderRun next) : DecoderRun(next)
    {
        private readonly List<byte> _bytes = [];

        public override void Append(string token)
        {
            if (ByteTokens.ToByte(token) is byte value)
            {
                _bytes.Add(value);
                return;
            }

            EndBytes();
            Next.Append(token);
        }

        public override void End()
        {
            EndBytes();
            base.End();
        }

        private void EndBytes()
        {
            if (_bytes.Count == 0)
            {
                return;
            }

            byte[] bytes = [.. _bytes];
            _bytes.Clear();
            if (Utf8.IsValid(bytes))
            {
                Next.Append(Encoding.UTF8.GetString(bytes));
                return;
            }

            foreach (byte _ in bytes)
            {
                Next.Append("\uFFFD");
            }
        }
    }
}
