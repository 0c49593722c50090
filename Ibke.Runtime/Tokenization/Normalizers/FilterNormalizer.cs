using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>Takes the characters of a set away.</summary>
internal sealed class FilterNormalizer(CodePointSet removed) : Normalizer
{
    /// <summary>
    /// Takes all marks (category M) away, also the vowel signs of Indic scripts. It decomposes nothing: NFD comes before it.
    /// </summary>
    public static FilterNormalizer Accents() => new(UnicodeSets.Category("M"));

    /// <inheritdoc/>
    public override string Normalize(string text, List<int>? sources)
    {
        int next = removed.IndexIn(text, 0);
        if (next < 0)
        {
            return text;
        }

        RewrittenText kept = new(text.Length, sources);
        for (int at = 0; at < text.Length; next = removed.IndexIn(text, at))
        {
            int end = next < 0 ? text.Length : next;
            kept.Keep(text, at, end);
            at = end + PatternMachine.LengthAt(text, end);
        }

        return kept.ToString();
    }
}
