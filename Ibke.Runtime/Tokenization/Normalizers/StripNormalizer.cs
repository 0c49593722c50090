using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>Takes white space away from the ends of a text.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    /// <inheritdoc/>
    public override string Normalize(string text, List<int>? sources)
    {
        int start = left ? UnicodeSets.WhiteSpace.Skip(text, 0, int.MaxValue, out _) : 0;
        int end = text.Length;
        while (right && end > start && UnicodeSets.WhiteSpace.Contains(text[end - 1]))
        {
            end--;
        }

        if (start == 0 && end == text.Length)
        {
            return text;
        }

        RewrittenText stripped = new(end - start, sources);
        stripped.Keep(text, start, end);
        return stripped.ToString();
    }
}
