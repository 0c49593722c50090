using System.Text;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.Decoders;

/// <summary>Replaces every match of a pattern in a token by a text.</summary>
internal sealed class ReplaceDecoder(Pattern pattern, string content) : TokenDecoder
{
    /// <inheritdoc/>
    public override DecoderRun Begin(DecoderRun next, bool fused)
    {
        Run run = new(next, pattern, content);
        return fused && !pattern.IsOneCharacter ? new CollectingRun(run) : run;
    }

    private sealed class Run(DecoderRun next, Pattern pattern, string content) : DecoderRun(next)
    {
        public override void Append(string token)
        {
            StringBuilder? replaced = null;
            int kept = 0;
            foreach ((int start, int end) in pattern.Matches(token))
            {
                replaced ??= new StringBuilder(token.Length);
                replaced.Append(token, kept, start - kept).Append(content);
                kept = end;
            }

            Next.Append(replaced is null ? token : replaced.Append(token, kept, token.Length - kept).ToString());
        }
    }
}
