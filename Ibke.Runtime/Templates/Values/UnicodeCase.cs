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
        for (int i = 0; i < text.Length; i += CodePoints.LengthAt(text, i))
        {
            AppendLower(text, i, result);
        }

        return result.ToString();
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
        bool inside = false;
        for (int i = 0; i < text.Length; i += CodePoints.LengthAt(text, i))
        {
            if (inside)
            {
                AppendLower(text, i, result);
            }
            else
            {
                result.Append(TitleOf(text.Substring(i, CodePoints.LengthAt(text, i))));
            }

            inside = CharUnicodeInfo.GetUnicodeCategory(text, i) is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter
                or UnicodeCategory.TitlecaseLetter;
        }

        return result.ToString();
    }

    public static string Swap(string text)
    {
        StringBuilder result = new(text.Length);
        for (int i = 0; i < text.Length; i += CodePoints.LengthAt(text, i))
        {
            string letter = text.Substring(i, CodePoints.LengthAt(text, i));
            if (CharUnicodeInfo.GetUnicodeCategory(text, i) is UnicodeCategory.UppercaseLetter)
            {
                AppendLower(text, i, result);
            }
            else
            {
                result.Append(CharUnicodeInfo.GetUnicodeCategory(text, i) is UnicodeCategory.LowercaseLetter ? Upper(letter) : letter);
            }
        }

        return result.ToString();
    }

    private static void AppendLower(string text, int at, StringBuilder result)
    {
        char c = text[at];
        if (CodePoints.LengthAt(text, at) == 2)
        {
            result.Append(text.Substring(at, 2).ToLowerInvariant());
        }
        else if (c == 'Σ')
        {
            result.Append(IsFinal(text, at) ? 'ς' : 'σ');
        }
        else if (c == 'İ')
        {
            result.Append("i\u0307");
        }
        else
        {
            result.Append(char.ToLowerInvariant(c));
        }
    }

    private static string TitleOf(string letter) => Upper(letter) is { Length: > 1 } several && letter.Length == 1
        ? several[..1] + Lower(several[1..])
        : Upper(letter);

    private static bool IsFinal(string text, int at) =>
        (at + 1 == text.Length || !char.IsLetter(text[at + 1])) && at > 0 && char.IsLetter(text[at - 1]);
}
