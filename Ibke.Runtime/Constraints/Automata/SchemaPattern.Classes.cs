using System.Globalization;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Constraints.Automata;

/// <content>Classes of characters, and escapes.</content>
internal sealed partial class SchemaPattern
{
    private static readonly CodePointSet _digits = CodePointSet.Of(('0', '9'));
    private static readonly CodePointSet _word = CodePointSet.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));
    private static readonly CodePointSet _space = CodePointSet.Of(
        (0x09, 0x0D), (0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F),
        (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    private CodePointSet Class()
    {
        int start = _at++;
        bool negative = Take('^');
        List<(int, int)> ranges = [];
        while (!Take(']'))
        {
            CodePointSet from = AtEnd ? throw Wrong("a ']' is missing", start) : ClassAtom(out int? first);
            if (first is null || _at + 1 >= _source.Length || _source[_at] != '-' || _source[_at + 1] == ']')
            {
                ranges.AddRange(from.Ranges);
                continue;
            }

            _at++;
            ClassAtom(out int? last);
            ranges.Add(last >= first ? (first.Value, last.Value) : throw Wrong("a range has its ends the wrong way round"));
        }

        CodePointSet set = CodePointSet.Of(ranges);
        return negative ? set.Complement() : set;
    }

    private CodePointSet ClassAtom(out int? single)
    {
        if (_source[_at] == '\\')
        {
            return Escape(inClass: true, out single);
        }

        single = TakeRune();
        return CodePointSet.Of(single.Value);
    }

    private CodePointSet Escape(bool inClass, out int? single)
    {
        single = null;
        if (++_at >= _source.Length)
        {
            throw Wrong("a backslash ends the expression");
        }

        char letter = _source[_at];
        CodePointSet? set = char.ToLowerInvariant(letter) switch
        {
            'd' => _digits,
            'w' => _word,
            's' => _space,
            'p' => Property(),
            _ => null,
        };
        if (set is not null)
        {
            _at++;
            return char.IsUpper(letter) ? set.Complement() : set;
        }

        single = Character(letter, inClass);
        return CodePointSet.Of(single.Value);
    }

    private int Character(char letter, bool inClass)
    {
        switch (letter)
        {
            case 'n' or 'r' or 't' or 'f' or 'v':
                _at++;
                return letter switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'f' => '\f', _ => '\v' };
            case 'b' when inClass:
                _at++;
                return '\b';
            case '0' when _at + 1 >= _source.Length || !char.IsAsciiDigit(_source[_at + 1]):
                _at++;
                return 0;
            case 'x':
                return Hexadecimal(2);
            case 'u':
                return SurrogatePair(Hexadecimal(4));
            default:
                return char.IsAsciiLetterOrDigit(letter) ? throw Wrong($"the escape '\\{letter}' is not supported") : TakeRune();
        }
    }

    // Leaves the place at the closing brace.
    private CodePointSet Property()
    {
        int close = _source.IndexOf('}', _at);
        if (_at + 1 >= _source.Length || _source[_at + 1] != '{' || close < 0)
        {
            throw Wrong("a property needs braces, as in \\p{L}");
        }

        string name = _source[(_at + 2)..close];
        _at = close;
        try
        {
            return UnicodeSets.Category(name[(name.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        }
        catch (FormatException e)
        {
            throw Wrong(e.Message);
        }
    }

    private int Hexadecimal(int digits)
    {
        _at++;
        bool braces = digits == 4 && Take('{');
        int end = braces ? _source.IndexOf('}', _at) : _at + digits;
        if (end < _at || end > _source.Length
            || !int.TryParse(_source.AsSpan(_at, end - _at), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            || value is < 0 or > 0x10FFFF)
        {
            throw Wrong("a code point needs hexadecimal digits");
        }

        _at = end + (braces ? 1 : 0);
        return value;
    }

    private int SurrogatePair(int unit)
    {
        if (unit is < 0xD800 or > 0xDBFF || _at + 1 >= _source.Length || _source[_at] != '\\' || _source[_at + 1] != 'u')
        {
            return unit;
        }

        int before = _at++;
        int second = Hexadecimal(4);
        if (second is >= 0xDC00 and <= 0xDFFF)
        {
            return char.ConvertToUtf32((char)unit, (char)second);
        }

        _at = before;
        return unit;
    }
}
