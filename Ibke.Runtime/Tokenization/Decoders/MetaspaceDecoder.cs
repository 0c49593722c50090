namespace Ibke.Runtime.Tokenization.Decoders;

/// <summary>Writes spaces for their marks; in the first token nothing, where tokenizing puts a mark before the first word.</summary>
internal sealed class MetaspaceDecoder(string mark, bool dropsFirst) : TokenDecoder
{
    /// <inheritdoc/>
    public override DecoderRun Begin(DecoderRun next, bool fused) => new Run(next, mark, dropsFirst, fused);

    private sealed class Run(DecoderRun next, string mark, bool dropsFirst, bool fused) : DecoderRun(next)
    {
        private bool _isFirst = true;

        public override void Append(string token)
        {
            Next.Append(token.Replace(mark, _isFirst && dropsFirst ? "" : " ", StringComparison.Ordinal));
            _isFirst = fused;
        }

        public override void End()
        {
            _isFirst = true;
            base.End();
        }
    }
}
