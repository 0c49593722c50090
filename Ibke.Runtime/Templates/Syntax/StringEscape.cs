using System.Globalization;
using System.Text;

namespace Ibke.Runtime.Templates.Syntax;

/// <summary>Python's escapes in string literals.</summary>
internal static class StringEscape
{
    /// <summary>Reads the escape whose backslash is at <paramref name="at"/>; an unknown one stays as it is written.</summary>
    /// <returns>The place behind the escape.</returns>
    public static int Read(string source, int at, StringBuilder text)
    {
        char c = source[at + 1];
        switch (c)
        {
            case '\n':
                return at + 2;
            case 'x':
                return ReadHex(source, at, 2, text);
            case 'u':
                return ReadHex(source, at, 4, text);
            case 'U':
                return ReadHex(source, at, 8, text);
            case >= '0' and <= '7':
                return ReadOctal(source, at + 1, text);
        }

        int known = @"\'""abfnrtv".IndexOf(c, StringComparison.Ordinal);
        if (known < 0)
        {
            text.Append('\\').Append(c);
        }
        else
        {
            text.Append("\\'\"\a\b\f\n\r\t\v"[known]);
        }

        return at + 2;
    }

    private static int ReadHex(string source, int at, int digits, StringBuilder text)
    {
        int first = at + 2;
        if (first + digits > source.Length
            || !uint.TryParse(source.AsSpan(first, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code)
            || code > 0x10FFFF)
        {
            text.Append('\\').Append(source[at + 1]);
            return first;
        }

        AppendCodePoint(text, (int)code);
        return first + digits;
    }

    private static int ReadOctal(string source, int at, StringBuilder text)
    {
        int code = 0;
        int end = Math.Min(at + 3, source.Length);
        for (; at < end && source[at] is >= '0' and <= '7'; at++)
        {
            code = (code * 8) + (source[at] - '0');
        }

        text.Append((char)code);
        return at;
    }

    private static void AppendCodePoint(StringBuilder text, int code)
    {
        if (code < 0x10000)
        {
            text.Append((char)code);
        }
        else
        {
            text.Append(char.ConvertFromUtf32(code));
        }
    }
}
