namespace Ibke.Runtime.Tokenization.Decoders;

/// <summary>Sets a space between tokens: what a tokenizer without a decoder does.</summary>
internal sealed class SpacingDecoder : TokenDecoder
{
    /// <inheritdoc/>
    public override DecoderRun Begin(DecoderRun next, bool fused) => new Run(next);

    private sealed class Run(DecoderRun next) : DecoderRun(next)
    {
        private bool _begun;

        public override void Append(string token)
        {
            Next.Append(_begun ? " " + token : token);
            _begun = true;
        }

        public override void End()
        {
            _begun = false;
            base.End();
        }
    }
}
