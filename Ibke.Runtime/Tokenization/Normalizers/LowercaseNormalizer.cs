using System.Buffers;
using System.Text;

namespace Ibke.Runtime.Tokenization.Normalizers;

/// <summary>Replaces every character by its lower case, each on its own and in no particular language.</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    private static readonly SearchValues<char> s_unchanged = SearchValues.Create(
        [.. Enumerable.Range(0, 128).Select(value => (char)value).Where(c => !char.IsAsciiLetterUpper(c))]);

    /// <inheritdoc/>
    public override string Normalize(string text, List<int>? sources)
    {
        if (!text.AsSpan().ContainsAnyExcept(s_unchanged))
        {
            return text;
        }

        RewrittenText lower = new(text.Length, sources);
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                // The only character whose lower case is two; the platform's invariant mapping leaves it alone.
                case 0x0130:
                    lower.Add("i\u0307", at);
                    break;
                // The Kelvin sign, which the platform may leave alone because its lower case is ASCII.
                case 0x212A:
                    lower.Add('k', at);
                    break;
                default:
                    lower.Add(Rune.ToLowerInvariant(rune), at);
                    break;
            }

            at += rune.Utf16SequenceLength;
        }

        return lower.ToString();
    }
}
