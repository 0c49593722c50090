using System.Text;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>Takes all marks (category M) away, also the vowel signs of Indic scripts. It decomposes nothing: NFD comes before it.</summary>
internal sealed class StripAccentsNormalizer : Normalizer
{
    private static readonly CodePointSet s_marks = UnicodeSets.Category("M");

    /// <inheritdoc/>
    public override string Normalize(string text)
    {
        StringBuilder kept = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!s_marks.Contains(rune.Value))
            {
                kept.Append(rune);
            }
        }

        return kept.ToString();
    }
}
