namespace Ibke.Runtime.Tokenization.Decoders;

/// <summary>Takes a character away from the ends of every token, at most so many times.</summary>
internal sealed class StripDecoder(string content, int start, int stop) : TokenDecoder
{
    /// <inheritdoc/>
    public override DecoderRun Begin(DecoderRun next, bool fused) => fused ? new FusedRun(next, content, start, stop) : new Run(next, content, start, stop);

    private static string WithoutStart(string token, string content, ref int most)
    {
        int from = 0;
        while (most > 0 && string.CompareOrdinal(token, from, content, 0, content.Length) == 0 && from < token.Length)
        {
            from += content.Length;
            most--;
        }

        return token[from..];
    }

    private sealed class Run(DecoderRun next, string content, int start, int stop) : DecoderRun(next)
    {
        public override void Append(string token)
        {
            int left = start;
            string rest = WithoutStart(token, content, ref left);
            for (int i = 0; i < stop && rest.EndsWith(content, StringComparison.Ordinal); i++)
            {
                rest = rest[..^content.Length];
            }

            Next.Append(rest);
        }
    }

    /// <summary>Parts of one token: only its first characters are its start, and those at the end of a part may be its end.</summary>
    private sealed class FusedRun(DecoderRun next, string content, int start, int stop) : DecoderRun(next)
    {
        private int _stripped;
        private int _waiting;

        public override void Append(string token)
        {
            if (_stripped < start && token.Length > 0)
            {
                int left = start - _stripped;
                token = WithoutStart(token, content, ref left);
                _stripped = token.Length > 0 ? start : start - left;
            }

            int ending = 0;
            string rest = token;
            while (ending < stop && rest.EndsWith(content, StringComparison.Ordinal))
            {
                rest = rest[..^content.Length];
                ending++;
            }

            // What waited is followed by more of the same, or by something else and so is not the end.
            int kept = rest.Length > 0 ? 0 : Math.Min(stop - ending, _waiting);
            string certain = string.Concat(Enumerable.Repeat(content, _waiting - kept)) + rest;
            _waiting = kept + ending;
            if (certain.Length > 0)
            {
                Next.Append(certain);
            }
        }

        public override void End()
        {
            (_stripped, _waiting) = (0, 0);
            base.End();
        }
    }
}
