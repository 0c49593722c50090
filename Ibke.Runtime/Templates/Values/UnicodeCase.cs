using System.Globalization;
using System.Text;

namespace Ibke.Runtime.Templates.Values;

/// <summary>Case mapping that may change a text's length, as Python's does: ß to SS, the final Σ to ς, ligatures to their letters.</summary>
internal static class UnicodeCase
{
    private static readonly Dictionary<char, string> _upper = new()
    {
        ['ß'] = "SS", ['ŉ'] = "ʼN", ['ǰ'] = "J̌", ['ΐ'] = "Ϊ́", ['ΰ'] = "Ϋ́", ['և'] = "ԵՒ", ['ẖ'] = "H̱", ['ẗ'] = "T̈", ['ẘ'] = "W̊", ['ẙ'] = "Y̊",
        ['ẚ'] = "Aʾ", ['ﬀ'] = "FF", ['ﬁ'] = "FI", ['ﬂ'] = "FL", ['ﬃ'] = "FFI", ['ﬄ'] = "FFL", ['ﬅ'] = "ST", ['ﬆ'] = "ST", ['ı'] = "I", ['ſ'] = "S",
    };

    public static string Upper(string text)
    {
        StringBuilder result = new(text.Length);
        foreach (char c in text)
        {
            if (_upper.TryGetValue(c, out string? special))
            {
                result.Append(special);
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString().ToUpperInvariant();
    }

    public static string Lower(string text)
    {
        StringBuilder result = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == 'Σ')
            {
                result.Append(IsFinal(text, i) ? 'ς' : 'σ');
            }
            else if (c == 'İ')
            {
                result.Append("i\u0307");
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString().ToLowerInvariant();
    }

    /// <summary>The first letter large, the others small.</summary>
    public static string Capitalize(string text)
    {
        int first = text.Length == 0 ? 0 : CodePoints.LengthAt(text, 0);
        return TitleOf(text[..first]) + Lower(text)[Lower(text[..first]).Length..];
    }

    /// <summary>The first letter of every run of letters large, the others small.</summary>
    public static string Title(string text)
    {
        StringBuilder result = new(text.Length);
        string lower = Lower(text);
        bool inside = false;
        for (int i = 0; i < lower.Length; i += CodePoints.LengthAt(lower, i))
        {
            string letter = lower.Substring(i, CodePoints.LengthAt(lower, i));
            result.Append(inside ? letter : TitleOf(letter));
            inside = CharUnicodeInfo.GetUnicodeCategory(lower, i) is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter
                or UnicodeCategory.TitlecaseLetter;
        }

        return result.ToString();
    }

    public static string Swap(string text) =>
        string.Concat(CodePoints.Split(text).Select(static letter => Upper(letter) == letter ? Lower(letter) : Upper(letter)));

    private static string TitleOf(string letter) => Upper(letter) is { Length: > 1 } several && letter.Length == 1
        ? several[..1] + Lower(several[1..])
        : Upper(letter);

    private static bool IsFinal(string text, int at) =>
        text[..at].Any(char.IsLetter) && (at + 1 == text.Length || !char.IsLetter(text[at + 1])) && at > 0 && char.IsLetter(text[at - 1]);
}
