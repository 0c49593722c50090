namespace Ibke.Runtime.Tokenization.Decoders;

/// <summary>Writes a space for the mark at the end of a word; for that of the last token nothing, so each token waits for the next.</summary>
internal sealed class WordSuffixDecoder(string suffix) : TokenDecoder
{
    /// <inheritdoc/>
    public override DecoderRun Begin(DecoderRun next, bool fused) => fused ? new CollectingRun(new Run(next, suffix)) : new Run(next, suffix);

    private sealed class Run(DecoderRun next, string suffix) : DecoderRun(next)
    {
        private string? _waiting;

        public override void Append(string token)
        {
            HandOn(" ");
            _waiting = token;
        }

        public override void End()
        {
            HandOn("");
            base.End();
        }

        private void HandOn(string replacement)
        {
            if (_waiting is string token)
            {
                Next.Append(suffix.Length == 0 ? token : token.Replace(suffix, replacement, StringComparison.Ordinal));
                _waiting = null;
            }
        }
    }
}
