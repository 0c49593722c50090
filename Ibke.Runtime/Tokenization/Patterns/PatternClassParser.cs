using System.Globalization;
using System.Text;

namespace Ibke.Runtime.Tokenization.Patterns;

/// <summary>Reads character classes and escapes of a regular expression.</summary>
internal static class PatternClassParser
{
    private const int MostNesting = 50;

    /// <summary>A class from its <c>[</c> on: ranges, escapes, classes within, and <c>&amp;&amp;</c> for what is in both sides.</summary>
    /// <exception cref="FormatException">It is not well-formed.</exception>
    public static CodePointSet Parse(string source, ref int at, bool ignoreCase) => Class(source, ref at, ignoreCase, 0);

    /// <summary>The set of an escape such as <c>\s</c> or <c>\p{L}</c>; null, and nothing taken, where it means one character.</summary>
    /// <exception cref="FormatException">It is not well-formed or not supported.</exception>
    public static CodePointSet? TakeNamedSet(string source, ref int at)
    {
        char letter = at + 1 < source.Length ? source[at + 1] : throw Wrong(source, at, "a backslash ends the expression");
        CodePointSet? set = char.ToLowerInvariant(letter) switch
        {
            'd' => UnicodeSets.Category("Nd"),
            's' => UnicodeSets.WhiteSpace,
            'w' => UnicodeSets.Word,
            'h' => CodePointSet.Of(('0', '9'), ('A', 'F'), ('a', 'f')),
            'p' => CodePointSet.Empty,
            _ => null,
        };
        if (set is null)
        {
            return null;
        }

        at += 2;
        if (letter is 'p' or 'P')
        {
            set = Property(source, ref at);
        }

        return char.IsUpper(letter) ? set.Complement() : set;
    }

    /// <summary>One character, written as itself or escaped.</summary>
    /// <exception cref="FormatException">The escape is not well-formed or not supported.</exception>
    public static int TakeCodePoint(string source, ref int at)
    {
        if (source[at] != '\\')
        {
            return TakeRune(source, ref at);
        }

        if (at + 1 >= source.Length)
        {
            throw Wrong(source, at, "a backslash ends the expression");
        }

        char letter = source[at + 1];
        at += 2;
        switch (letter)
        {
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'f':
                return '\f';
            case 'v':
                return '\v';
            case 'a':
                return '\a';
            case 'e':
                return 0x1B;
            case '0':
                return 0;
            case 'x':
                return Hexadecimal(source, ref at, 2);
            case 'u':
                return Hexadecimal(source, ref at, 4);
            default:
                at--;
                return char.IsAsciiLetterOrDigit(letter)
                    ? throw Wrong(source, at - 1, $"the escape '\\{letter}' is not supported")
                    : TakeRune(source, ref at);
        }
    }

    private static int TakeRune(string source, ref int at)
    {
        Rune.DecodeFromUtf16(source.AsSpan(at), out Rune rune, out int length);
        at += length;
        return rune.Value;
    }

    private static CodePointSet Class(string source, ref int at, bool ignoreCase, int nesting)
    {
        if (nesting > MostNesting)
        {
            throw Wrong(source, at, "classes are nested too deeply");
        }

        int start = at++;
        bool negative = at < source.Length && source[at] == '^';
        at += negative ? 1 : 0;
        CodePointSet? both = null;
        CodePointSet set = CodePointSet.Empty;
        for (bool first = true; ; first = false)
        {
            if (at >= source.Length)
            {
                throw Wrong(source, start, "a ']' is missing");
            }

            if (source[at] == ']' && !first)
            {
                at++;
                break;
            }

            if (string.CompareOrdinal(source, at, "&&", 0, 2) == 0)
            {
                at += 2;
                both = both?.Intersect(set) ?? set;
                set = CodePointSet.Empty;
            }
            else
            {
                set = set.Union(Item(source, ref at, ignoreCase, nesting));
            }
        }

        set = both?.Intersect(set) ?? set;
        set = ignoreCase ? CaseFolding.Close(set) : set;
        return negative ? set.Complement() : set;
    }

    private static CodePointSet Item(string source, ref int at, bool ignoreCase, int nesting)
    {
        if (source[at] == '[')
        {
            return string.CompareOrdinal(source, at, "[:", 0, 2) == 0
                ? throw Wrong(source, at, "POSIX classes are not supported")
                : Class(source, ref at, ignoreCase, nesting + 1);
        }

        if (source[at] == '\\' && TakeNamedSet(source, ref at) is CodePointSet named)
        {
            return named;
        }

        int from = TakeCodePoint(source, ref at);
        if (at + 1 >= source.Length || source[at] != '-' || source[at + 1] == ']')
        {
            return CodePointSet.Of(from);
        }

        int dash = at++;
        if (source[at] is '[' || (source[at] == '\\' && IsNamedSet(source, at)))
        {
            // As in [a-\s]: the dash is a character of its own.
            at = dash;
            return CodePointSet.Of(from);
        }

        int to = TakeCodePoint(source, ref at);
        return from <= to
            ? CodePointSet.Of((from, to))
            : throw Wrong(source, dash, "a range has its ends the wrong way round");
    }

    private static bool IsNamedSet(string source, int at) => TakeNamedSet(source, ref at) is not null;

    private static CodePointSet Property(string source, ref int at)
    {
        int close = source.IndexOf('}', at);
        if (at >= source.Length || source[at] != '{' || close < 0)
        {
            throw Wrong(source, at, "a property needs braces, as in \\p{L}");
        }

        string name = source[(at + 1)..close];
        bool negative = name.StartsWith('^');
        try
        {
            CodePointSet set = UnicodeSets.Category(negative ? name[1..] : name);
            at = close + 1;
            return negative ? set.Complement() : set;
        }
        catch (FormatException e)
        {
            throw Wrong(source, at, e.Message);
        }
    }

    private static int Hexadecimal(string source, ref int at, int digits)
    {
        bool braces = at < source.Length && source[at] == '{';
        int end = braces ? source.IndexOf('}', at) : at + digits;
        int from = at + (braces ? 1 : 0);
        if (end < from || end > source.Length
            || !int.TryParse(source.AsSpan(from, end - from), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            || value is < 0 or > 0x10FFFF)
        {
            throw Wrong(source, at, "a code point needs hexadecimal digits");
        }

        at = end + (braces ? 1 : 0);
        return value;
    }

    private static FormatException Wrong(string source, int at, string problem) =>
        new($"{problem} (at character {at} of the regular expression '{source}')");
}
