using System.Text;

namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>Replaces every character by its lower case, each on its own and in no particular language.</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    /// <inheritdoc/>
    public override string Normalize(string text)
    {
        StringBuilder lower = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                // The only character whose lower case is two; the platform's invariant mapping leaves it alone.
                case 0x0130:
                    lower.Append("i\u0307");
                    break;
                // The Kelvin sign, which the platform may leave alone because its lower case is ASCII.
                case 0x212A:
                    lower.Append('k');
                    break;
                default:
                    lower.Append(Rune.ToLowerInvariant(rune));
                    break;
            }
        }

        return lower.ToString();
    }
}
