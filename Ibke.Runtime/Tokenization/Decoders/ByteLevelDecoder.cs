using System.Text;

namespace Ibke.Runtime.Tokenization.Decoders;

/// <summary>
/// Turns the byte alphabet back into bytes, and the bytes of all tokens together into text. A token with a character outside the alphabet is
/// taken as it is. Bytes that are not UTF-8 become U+FFFD, one for each longest beginning of a character.
/// </summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    /// <inheritdoc/>
    public override bool Fuses => true;

    /// <inheritdoc/>
    public override DecoderRun Begin(DecoderRun next, bool fused) => fused ? new CollectingRun(new Run(next)) : new Run(next);

    /// <inheritdoc/>
    public override byte[] RawBytes(string token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            if (!ByteAlphabet.TryToByte(token[i], out bytes[i]))
            {
                return Encoding.UTF8.GetBytes(token);
            }
        }

        return bytes;
    }

    private sealed class Run(DecoderRun next) : DecoderRun(next)
    {
        private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
        private byte[] _bytes = [];
        private char[] _characters = new char[64];

        public override void Append(string token)
        {
            if (_bytes.Length < 3 * token.Length)
            {
                _bytes = new byte[3 * Math.Max(32, token.Length)];
            }

            int count = 0;
            while (count < token.Length && ByteAlphabet.TryToByte(token[count], out _bytes[count]))
            {
                count++;
            }

            count = count == token.Length ? count : Encoding.UTF8.GetBytes(token, _bytes);
            Convert(_bytes.AsSpan(0, count), flush: false);
        }

        public override void End()
        {
            Convert([], flush: true);
            base.End();
        }

        private void Convert(ReadOnlySpan<byte> bytes, bool flush)
        {
            // Up to three bytes may have waited.
            if (_characters.Length < bytes.Length + 4)
            {
                _characters = new char[bytes.Length + 4];
            }

            int count = _utf8.GetChars(bytes, _characters, flush);
            if (count > 0)
            {
                Next.Append(new string(_characters, 0, count));
            }
        }
    }
}
