using System.Text;

namespace Ibke.Runtime.Tokenization.Decoders;

/// <summary>
/// Turns the byte alphabet back into bytes, and the bytes of all tokens together into text. A token with a character outside the alphabet is
/// taken as it is. Bytes that are not UTF-8 become U+FFFD, one for each longest beginning of a character.
/// </summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    /// <inheritdoc/>
    public override DecoderRun Begin() => new Run();

    /// <inheritdoc/>
    public override byte[] Bytes(string token, bool isFirst) => Bytes(token);

    private static byte[] Bytes(string token)
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

    private sealed class Run : DecoderRun
    {
        private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();

        public override string Append(string token) => Convert(Bytes(token), flush: false);

        public override string Flush() => Convert([], flush: true);

        private string Convert(byte[] bytes, bool flush)
        {
            // Up to three bytes may have waited.
            char[] characters = new char[bytes.Length + 4];
            int count = _utf8.GetChars(bytes, characters, flush);
            return new string(characters, 0, count);
        }
    }
}
