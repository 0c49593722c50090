using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>Replaces every match of a pattern by a text.</summary>
internal sealed class ReplaceNormalizer(Pattern pattern, string content) : Normalizer
{
    /// <inheritdoc/>
    public override string Normalize(string text, List<int>? sources)
    {
        RewrittenText? replaced = null;
        int kept = 0;
        foreach ((int start, int end) in pattern.Matches(text))
        {
            replaced ??= new RewrittenText(text.Length, sources);
            replaced.Keep(text, kept, start);
            // The content stands for the last character of the match.
            replaced.Add(content, end - 1);
            kept = end;
        }

        if (replaced is null)
        {
            return text;
        }

        replaced.Keep(text, kept, text.Length);
        return replaced.ToString();
    }
}
