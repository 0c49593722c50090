using System.Text;

namespace Ibke.Runtime.Tokenization.Decoders;

/// <summary>Sets a space between tokens: what a tokenizer without a decoder does.</summary>
internal sealed class SpacingDecoder : TokenDecoder
{
    /// <inheritdoc/>
    public override DecoderRun Begin() => new Run();

    /// <inheritdoc/>
    public override byte[] Bytes(string token, bool isFirst) => Encoding.UTF8.GetBytes(isFirst ? token : " " + token);

    private sealed class Run : DecoderRun
    {
        private bool _begun;

        public override string Append(string token)
        {
            string text = _begun ? " " + token : token;
            _begun = true;
            return text;
        }

        public override string Flush()
        {
            _begun = false;
            return "";
        }
    }
}
