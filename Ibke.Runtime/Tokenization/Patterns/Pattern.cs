namespace Ibke.Runtime.Tokenization.Patterns;

/// <summary>
/// A regular expression of a tokenizer, matched over code points with the meaning that Oniguruma gives it: characters beyond U+FFFF are
/// one character each, <c>\s</c> is White_Space, <c>$</c> also ends a line, case is folded without regard to the culture.
/// </summary>
/// <remarks>
/// Immutable and thread-safe. Texts must have no lone surrogates. Matching backtracks on a stack of its own, so long texts cannot overflow the
/// thread's; repetitions of single characters take one entry however long they are.
/// </remarks>
internal sealed class Pattern
{
    private readonly PatternInstruction[] _code;
    private readonly int _registers;
    private readonly CodePointSet? _first;
    private readonly CodePointSet? _leadingRun;

    private Pattern(PatternNode node)
    {
        PatternCompiler compiler = new();
        _code = compiler.Compile(node);
        _registers = compiler.Registers;
        _first = node.First;
        _leadingRun = LeadingRun(node);
    }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It is not well-formed, or asks for what is not supported.</exception>
    public static Pattern Parse(string source) => new(PatternParser.Parse(source));

    /// <summary>The expression that matches a text as it is.</summary>
    public static Pattern OfText(string text) =>
        new(new SequenceNode([.. text.EnumerateRunes().Select(rune => new SetNode(CodePointSet.Of(rune.Value)))]));

    /// <summary>The expression that matches each character of a set.</summary>
    public static Pattern OfSet(CodePointSet set) => new(new SetNode(set));

    /// <summary>All matches from left to right, none overlapping another.</summary>
    public PatternMatches Matches(ReadOnlySpan<char> text) => new(this, text);

    /// <summary>The first match that begins at <paramref name="from"/> or later.</summary>
    internal bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        Backtracking stack = new(stackalloc int[96], _registers);
        start = from;
        while (start <= text.Length)
        {
            if (_first is not null && (start = _first.IndexIn(text, start)) < 0)
            {
                break;
            }

            end = PatternMachine.Run(_code, text, 0, start, ref stack);
            if (end >= 0)
            {
                return true;
            }

            start = NextStart(text, start);
        }

        start = end = -1;
        return false;
    }

    /// <summary>
    /// Where an expression begins with a run of characters and failed, every later beginning in the same run fails as well:
    /// what follows the run has been tried at all of its ends.
    /// </summary>
    private int NextStart(ReadOnlySpan<char> text, int start)
    {
        int afterRun = _leadingRun?.Skip(text, start, int.MaxValue, out _) ?? start;
        return afterRun > start ? afterRun : start + PatternMachine.LengthAt(text, start);
    }

    private static CodePointSet? LeadingRun(PatternNode node) => node switch
    {
        RepeatNode { Body: SetNode set, Most: int.MaxValue, Kind: RepeatKind.Greedy } => set.Set,
        SequenceNode { Parts: [RepeatNode { Body: SetNode set, Most: int.MaxValue, Kind: RepeatKind.Greedy }, ..] } => set.Set,
        _ => null,
    };
}

/// <summary>The matches of a pattern in a text, for <c>foreach</c>.</summary>
internal ref struct PatternMatches
{
    private readonly Pattern _pattern;
    private readonly ReadOnlySpan<char> _text;
    private int _from;
    private int _lastEnd;

    /// <summary>Begins before the first match.</summary>
    public PatternMatches(Pattern pattern, ReadOnlySpan<char> text)
    {
        _pattern = pattern;
        _text = text;
        _lastEnd = -1;
    }

    /// <summary>The match found last.</summary>
    public (int Start, int End) Current { get; private set; }

    /// <summary>Itself.</summary>
    public readonly PatternMatches GetEnumerator() => this;

    /// <summary>Finds the next match. An empty one directly after another match does not count.</summary>
    public bool MoveNext()
    {
        while (_from <= _text.Length && _pattern.TryFind(_text, _from, out int start, out int end))
        {
            if (start == end && end == _lastEnd)
            {
                _from = end + PatternMachine.LengthAt(_text, end);
                continue;
            }

            Current = (start, end);
            _from = _lastEnd = end;
            return true;
        }

        return false;
    }
}
