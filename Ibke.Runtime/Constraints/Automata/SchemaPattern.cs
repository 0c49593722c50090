using System.Globalization;
using System.Text;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Constraints.Automata;

/// <summary>
/// Reads the regular expressions of JSON Schema, a subset of those of ECMA-262 with the u flag: characters and escapes, <c>.</c>, classes,
/// <c>\d \w \s \p{…}</c>, groups, <c>|</c>, the quantifiers <c>* + ? {n} {n,} {n,m}</c>, and <c>^</c> and <c>$</c> at the ends of the expression
/// or of its alternatives. Looking around, references to groups and word boundaries are refused by name.
/// </summary>
internal sealed partial class SchemaPattern
{
    private const int MostNesting = 100;
    private const int MostRepetitions = 10_000;

    private static readonly CodePointSet _lineEnds = CodePointSet.Of('\n', '\r', 0x2028, 0x2029);

    private static readonly PatternNode _anything = new RepeatNode(new SetNode(CodePointSet.Empty.Complement()), 0, int.MaxValue, RepeatKind.Greedy);

    private readonly string _source;
    private int _at;
    private int _nesting;

    private SchemaPattern(string source) => _source = source;

    private bool AtEnd => _at >= _source.Length;

    /// <summary>The automaton of the texts in which an expression matches somewhere.</summary>
    /// <exception cref="FormatException">It is not well-formed, asks for what is not supported, or is too large.</exception>
    public static CodePointAutomaton Read(string source)
    {
        SchemaPattern reader = new(source);
        PatternNode node = reader.Alternatives(atStart: true, atEnd: true, out _);
        return reader.AtEnd ? PatternAutomaton.Build(node) : throw reader.Wrong("there is a ')' too many");
    }

    /// <summary>Alternatives up to a closing parenthesis or the end.</summary>
    /// <param name="atStart">Whether nothing comes before them, so that they may begin with <c>^</c>; without it, any text may come before.</param>
    /// <param name="atEnd">Whether nothing comes after them, so that they may end with <c>$</c>.</param>
    /// <param name="anchored">Whether they hold the free text on both sides themselves.</param>
    private PatternNode Alternatives(bool atStart, bool atEnd, out bool anchored)
    {
        if (++_nesting > MostNesting)
        {
            throw Wrong("groups are nested too deeply");
        }

        List<PatternNode> parts = [Sequence(atStart, atEnd)];
        while (Take('|'))
        {
            parts.Add(Sequence(atStart, atEnd));
        }

        _nesting--;
        anchored = atStart && atEnd;
        return parts.Count == 1 ? parts[0] : new AlternativesNode(parts);
    }

    private PatternNode Sequence(bool atStart, bool atEnd)
    {
        List<PatternNode> parts = [];
        bool start = atStart && Take('^');
        bool end = false;
        bool whole = false;
        while (!AtEnd && _source[_at] is not ('|' or ')'))
        {
            if (_source[_at] == '^')
            {
                throw Wrong("'^' is supported only where the expression or an alternative of it begins");
            }

            if (Take('$'))
            {
                end = atEnd && (AtEnd || _source[_at] is '|' or ')')
                    ? true
                    : throw Wrong("'$' is supported only where the expression or an alternative of it ends");
                continue;
            }

            // A group that is all of an alternative may have anchors within.
            bool alone = atStart && atEnd && !start && parts.Count == 0 && _source[_at] == '(' && IsLastGroup();
            PatternNode atom = Atom(alone, out bool anchored);
            whole |= anchored;
            parts.Add(anchored ? atom : Repetitions(atom));
        }

        PatternNode node = parts.Count == 1 ? parts[0] : new SequenceNode(parts);
        return whole || !atStart ? node : new SequenceNode([start ? new SequenceNode([]) : _anything, node, end ? new SequenceNode([]) : _anything]);
    }

    // Whether the group that begins here is followed by the end of the alternative.
    private bool IsLastGroup()
    {
        int depth = 0;
        bool inClass = false;
        for (int i = _at; i < _source.Length; i++)
        {
            switch (_source[i])
            {
                case '\\':
                    i++;
                    break;
                case '[':
                    inClass = true;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '(' when !inClass:
                    depth++;
                    break;
                case ')' when !inClass && --depth == 0:
                    return i + 1 == _source.Length || _source[i + 1] is '|' or ')';
            }
        }

        return false;
    }

    private PatternNode Repetitions(PatternNode node)
    {
        (int Least, int Most)? range = AtEnd ? null : _source[_at] switch
        {
            '*' => (0, int.MaxValue),
            '+' => (1, int.MaxValue),
            '?' => (0, 1),
            '{' => Braces(),
            _ => null,
        };
        if (range is not var (least, most))
        {
            return node;
        }

        _at++;

        // Taking few or many first makes no difference to which texts match.
        Take('?');
        return !AtEnd && _source[_at] is '*' or '+' or '?' or '{'
            ? throw Wrong("a quantifier has nothing to repeat")
            : new RepeatNode(node, least, most, RepeatKind.Greedy);
    }

    // Leaves the place at the closing brace.
    private (int, int) Braces()
    {
        int close = _source.IndexOf('}', _at);
        string[] parts = close < 0 ? [] : _source[(_at + 1)..close].Split(',');
        if (parts.Length is 0 or > 2 || parts[0].Length == 0 || parts.Any(part => !part.All(char.IsAsciiDigit)))
        {
            throw Wrong("a quantifier in braces needs numbers, as in {2,4}");
        }

        int least = Count(parts[0]);
        int most = parts.Length == 1 ? least : parts[1].Length == 0 ? int.MaxValue : Count(parts[1]);
        if (most < least)
        {
            throw Wrong("a repetition has its limits the wrong way round");
        }

        _at = close;
        return (least, most);
    }

    private int Count(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= MostRepetitions
        ? count
        : throw Wrong($"a repetition of more than {MostRepetitions} times is not supported");

    private PatternNode Atom(bool mayAnchor, out bool anchored)
    {
        anchored = false;
        switch (_source[_at])
        {
            case '(':
                return Group(mayAnchor, out anchored);
            case '[':
                return new SetNode(Class());
            case '.':
                _at++;
                return new SetNode(_lineEnds.Complement());
            case '*' or '+' or '?' or '{':
                throw Wrong("a quantifier has nothing to repeat");
            case '\\':
                return new SetNode(Escape(inClass: false, out _));
            default:
                return new SetNode(CodePointSet.Of(TakeRune()));
        }
    }

    private PatternNode Group(bool mayAnchor, out bool anchored)
    {
        _at++;
        if (Take('?') && !Take(':'))
        {
            bool named = _at + 1 < _source.Length && _source[_at] == '<' && _source[_at + 1] is not ('=' or '!');
            int close = named ? _source.IndexOf('>', _at) : -1;
            _at = close >= 0 ? close + 1 : throw Wrong("looking ahead or behind and group options are not supported");
        }

        PatternNode body = Alternatives(mayAnchor, mayAnchor, out anchored);
        return Take(')') ? body : throw Wrong("a ')' is missing");
    }

    private int TakeRune()
    {
        Rune.DecodeFromUtf16(_source.AsSpan(_at), out Rune rune, out int length);
        _at += length;
        return rune.Value;
    }

    private bool Take(char c)
    {
        if (AtEnd || _source[_at] != c)
        {
            return false;
        }

        _at++;
        return true;
    }

    private FormatException Wrong(string problem, int? at = null) => new($"{problem} (at character {at ?? _at} of the regular expression '{_source}')");
}
