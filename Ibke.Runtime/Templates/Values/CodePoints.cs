namespace Ibke.Runtime.Templates.Values;

/// <summary>Text as Python counts it: by code points; a lone surrogate counts as one.</summary>
internal static class CodePoints
{
    public static int Count(string text)
    {
        int count = 0;
        for (int i = 0; i < text.Length; i += LengthAt(text, i))
        {
            count++;
        }

        return count;
    }

    public static IReadOnlyList<string> Split(string text) => [.. Enumerate(text)];

    public static IEnumerable<string> Enumerate(string text)
    {
        for (int i = 0; i < text.Length; i += LengthAt(text, i))
        {
            yield return text.Substring(i, LengthAt(text, i));
        }
    }

    /// <summary>Where the code point with a number begins, in UTF-16 units.</summary>
    public static int OffsetOf(string text, int number)
    {
        int at = 0;
        for (; number > 0 && at < text.Length; number--)
        {
            at += LengthAt(text, at);
        }

        return at;
    }

    /// <summary>The code point with a number.</summary>
    public static string At(string text, int number)
    {
        int at = OffsetOf(text, number);
        return text.Substring(at, LengthAt(text, at));
    }

    /// <summary>How many UTF-16 units the code point at <paramref name="index"/> has.</summary>
    public static int LengthAt(string text, int index) =>
        index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]) ? 2 : 1;

    /// <summary>Python's white space.</summary>
    public static bool IsWhiteSpace(char c) =>
        c is (>= '\u0009' and <= '\u000d') or (>= '\u001c' and <= '\u0020') or '\u0085' or '\u00a0' or '\u1680'
            or (>= '\u2000' and <= '\u200a') or '\u2028' or '\u2029' or '\u202f' or '\u205f' or '\u3000';
}
