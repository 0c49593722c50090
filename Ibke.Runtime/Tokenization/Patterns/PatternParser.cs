using System.Globalization;

namespace Ibke.Runtime.Tokenization.Patterns;

/// <summary>Reads a regular expression in the syntax of Oniguruma, which published tokenizers use, over code points.</summary>
/// <remarks>Groups do not capture. Back references, conditions and scripts are refused with a <see cref="FormatException"/>.</remarks>
internal sealed class PatternParser
{
    private const int MostNesting = 100;
    private const int MostRepetitions = 1000;

    private readonly string _source;
    private int _at;
    private int _nesting;
    private bool _ignoreCase;
    private bool _dotMatchesNewline;

    private PatternParser(string source) => _source = source;

    private bool AtEnd => _at >= _source.Length;

    /// <summary>Reads a whole expression.</summary>
    /// <exception cref="FormatException">It is not well-formed, or asks for what is not supported.</exception>
    public static PatternNode Parse(string source)
    {
        PatternParser parser = new(source);
        PatternNode node = parser.Alternatives();
        return parser.AtEnd ? node : throw parser.Wrong("there is a ')' too many");
    }

    private PatternNode Alternatives()
    {
        if (++_nesting > MostNesting)
        {
            throw Wrong("groups are nested too deeply");
        }

        (bool ignoreCase, bool dot) = (_ignoreCase, _dotMatchesNewline);
        List<PatternNode> parts = [Sequence()];
        while (Take('|'))
        {
            parts.Add(Sequence());
        }

        (_ignoreCase, _dotMatchesNewline) = (ignoreCase, dot);
        _nesting--;
        return parts.Count == 1 ? parts[0] : new AlternativesNode(parts);
    }

    private PatternNode Sequence()
    {
        List<PatternNode> parts = [];
        while (!AtEnd && _source[_at] is not ('|' or ')'))
        {
            if (Atom() is PatternNode atom)
            {
                parts.Add(Repetitions(atom));
            }
        }

        return parts.Count == 1 ? parts[0] : new SequenceNode(parts);
    }

    /// <summary>Quantifiers after an atom. As in Oniguruma, <c>{n,m}+</c> repeats the repetition rather than being possessive.</summary>
    private PatternNode Repetitions(PatternNode node)
    {
        for (int stacked = 0; !AtEnd; stacked++)
        {
            bool braces = false;
            (int Least, int Most)? range = _source[_at] switch
            {
                '*' => (0, int.MaxValue),
                '+' => (1, int.MaxValue),
                '?' => (0, 1),
                '{' => Braces(out braces),
                _ => null,
            };
            if (range is not var (least, most))
            {
                break;
            }

            if (stacked == MostNesting)
            {
                throw Wrong("quantifiers are stacked too deeply");
            }

            _at += braces ? 0 : 1;
            RepeatKind kind = RepeatKind.Greedy;
            if (Take('?'))
            {
                kind = RepeatKind.Lazy;
            }
            else if (!braces && Take('+'))
            {
                kind = RepeatKind.Possessive;
            }

            node = new RepeatNode(node, least, most, kind);
        }

        return node;
    }

    /// <summary><c>{n}</c>, <c>{n,}</c>, <c>{,m}</c> or <c>{n,m}</c>; anything else in braces is text and is left.</summary>
    private (int, int)? Braces(out bool taken)
    {
        taken = false;
        int close = _source.IndexOf('}', _at);
        if (close < 0)
        {
            return null;
        }

        string[] parts = _source[(_at + 1)..close].Split(',');
        if (parts.Length > 2 || parts.All(part => part.Length == 0) || parts.Any(part => !part.All(char.IsAsciiDigit)))
        {
            return null;
        }

        int least = parts[0].Length == 0 ? 0 : Count(parts[0]);
        int most = parts.Length == 1 ? least : parts[1].Length == 0 ? int.MaxValue : Count(parts[1]);
        if (most < least)
        {
            throw Wrong("a repetition has its limits the wrong way round");
        }

        _at = close + 1;
        taken = true;
        return (least, most);
    }

    private int Count(string digits) => int.TryParse(digits, CultureInfo.InvariantCulture, out int count) && count <= MostRepetitions
        ? count
        : throw Wrong($"a repetition of more than {MostRepetitions} times is not supported");

    private PatternNode? Atom()
    {
        char c = _source[_at];
        switch (c)
        {
            case '(':
                return Group();
            case '[':
                return new SetNode(PatternClassParser.Parse(_source, ref _at, _ignoreCase));
            case '.':
                _at++;
                return new SetNode(_dotMatchesNewline ? CodePointSet.Empty.Complement() : CodePointSet.Of('\n').Complement());
            case '^':
                _at++;
                return new AnchorNode(AnchorKind.LineStart);
            case '$':
                _at++;
                return new AnchorNode(AnchorKind.LineEnd);
            case '*' or '+' or '?':
                throw Wrong("a quantifier has nothing to repeat");
            case '\\':
                return Escape();
            default:
                return Literal(PatternClassParser.TakeCodePoint(_source, ref _at));
        }
    }

    private SetNode Literal(int codePoint)
    {
        CodePointSet set = CodePointSet.Of(codePoint);
        return new SetNode(_ignoreCase ? CaseFolding.Close(set) : set);
    }

    private PatternNode Escape()
    {
        AnchorKind? anchor = (_at + 1 < _source.Length ? _source[_at + 1] : '\0') switch
        {
            'A' => AnchorKind.TextStart,
            'z' => AnchorKind.TextEnd,
            'Z' => AnchorKind.TextEndOrFinalNewline,
            'b' => AnchorKind.WordBoundary,
            'B' => AnchorKind.NotWordBoundary,
            _ => null,
        };
        if (anchor is AnchorKind kind)
        {
            _at += 2;
            return new AnchorNode(kind);
        }

        if (PatternClassParser.TakeNamedSet(_source, ref _at) is CodePointSet set)
        {
            return new SetNode(set);
        }

        return Literal(PatternClassParser.TakeCodePoint(_source, ref _at));
    }

    private PatternNode? Group()
    {
        _at++;
        if (!Take('?'))
        {
            return Close(Alternatives());
        }

        if (Take(':'))
        {
            return Close(Alternatives());
        }

        if (Take('>'))
        {
            return new AtomicNode(Close(Alternatives()));
        }

        if (Take('='))
        {
            return new LookNode(Close(Alternatives()), Behind: false, Negative: false);
        }

        if (Take('!'))
        {
            return new LookNode(Close(Alternatives()), Behind: false, Negative: true);
        }

        if (Take('<'))
        {
            bool negative = Take('!');
            return negative || Take('=') ? LookBehind(negative) : throw Wrong("named groups are not supported");
        }

        return Options();
    }

    /// <summary>Alternatives of different lengths look back each on their own.</summary>
    private PatternNode LookBehind(bool negative)
    {
        PatternNode body = Close(Alternatives());
        IReadOnlyList<PatternNode> parts = body is AlternativesNode alternatives ? alternatives.Parts : [body];
        if (parts.Any(part => part.FixedLength is null))
        {
            throw Wrong("looking back over a varying number of characters is not supported");
        }

        PatternNode[] looks = [.. parts.Select(part => new LookNode(part, Behind: true, negative))];
        return negative ? new SequenceNode(looks) : new AlternativesNode(looks);
    }

    /// <summary><c>(?i)</c> up to the end of the group around it, or <c>(?i:…)</c>; also <c>m</c>, by which a dot matches newlines.</summary>
    private PatternNode? Options()
    {
        (bool ignoreCase, bool dot) = (_ignoreCase, _dotMatchesNewline);
        bool on = true;
        while (!AtEnd && _source[_at] is not (':' or ')'))
        {
            switch (_source[_at++])
            {
                case '-':
                    on = false;
                    break;
                case 'i':
                    _ignoreCase = on;
                    break;
                case 'm':
                    _dotMatchesNewline = on;
                    break;
                default:
                    _at--;
                    throw Wrong($"the group option '{_source[_at]}' is not supported");
            }
        }

        if (Take(')'))
        {
            return null;
        }

        Take(':');
        PatternNode node = Close(Alternatives());
        (_ignoreCase, _dotMatchesNewline) = (ignoreCase, dot);
        return node;
    }

    private PatternNode Close(PatternNode node) => Take(')') ? node : throw Wrong("a ')' is missing");

    private bool Take(char c)
    {
        if (AtEnd || _source[_at] != c)
        {
            return false;
        }

        _at++;
        return true;
    }

    private FormatException Wrong(string problem) => new($"{problem} (at character {_at} of the regular expression '{_source}')");
}
