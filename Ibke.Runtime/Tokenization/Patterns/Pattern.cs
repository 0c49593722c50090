using Ibke.Runtime.Tokenization.Patterns.Scanners;

namespace Ibke.Runtime.Tokenization.Patterns;

/// <summary>
/// A regular expression of a tokenizer, matched over code points with the meaning that Oniguruma gives it: characters beyond U+FFFF are
/// one character each, <c>\s</c> is White_Space, <c>$</c> also ends a line, case is folded without regard to the culture.
/// </summary>
/// <remarks>
/// Immutable and thread-safe. Texts must have no lone surrogates. Matching backtracks on a stack of its own, so long texts cannot overflow the
/// thread's. A run of characters after which the rest has failed is not tried again from a later beginning, so that the patterns of
/// published tokenizers take time in proportion to the text.
/// </remarks>
internal sealed class Pattern
{
    private readonly PatternInstruction[] _code;
    private readonly int _registers;
    private readonly int _runs;
    private readonly CodePointSet? _first;

    private Pattern(PatternNode node, PatternScanner? scanner = null)
    {
        Scanner = scanner;
        PatternCompiler compiler = new();
        _code = compiler.Compile(node);
        _registers = compiler.Registers;
        _runs = compiler.Runs;
        _first = node.First;
    }

    /// <summary>Finds the same matches faster, where the expression is a published one; else null.</summary>
    public PatternScanner? Scanner { get; }

    /// <summary>Whether every match is one character, whatever stands beside it.</summary>
    public bool IsOneCharacter => _code is [{ Operation: PatternOperation.Take }, { Operation: PatternOperation.Accept }];

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It is not well-formed, or asks for what is not supported.</exception>
    public static Pattern Parse(string source) => new(PatternParser.Parse(source), PatternScanner.For(source));

    /// <summary>The expression that matches a text as it is.</summary>
    public static Pattern OfText(string text) =>
        new(new SequenceNode([.. text.EnumerateRunes().Select(rune => new SetNode(CodePointSet.Of(rune.Value)))]));

    /// <summary>The expression that matches each character of a set.</summary>
    public static Pattern OfSet(CodePointSet set) => new(new SetNode(set));

    /// <summary>All matches from left to right, none overlapping another.</summary>
    public PatternMatches Matches(ReadOnlySpan<char> text) => new(this, text, Backtracking.Rent(_registers, _runs, text.Length));

    /// <summary>The first match that begins at <paramref name="start"/> or later.</summary>
    /// <param name="text">The text for which <paramref name="backtracking"/> was rented.</param>
    /// <param name="backtracking">The memory of the search.</param>
    /// <param name="start">Where to begin; then where the match begins.</param>
    /// <param name="end">Where it ends.</param>
    internal bool TryFind(ReadOnlySpan<char> text, Backtracking backtracking, ref int start, out int end)
    {
        for (; start <= text.Length; start += PatternMachine.LengthAt(text, start))
        {
            if (_first is not null && (start = _first.IndexIn(text, start)) < 0)
            {
                break;
            }

            end = PatternMachine.Run(_code, text, 0, start, backtracking);
            if (end >= 0)
            {
                backtracking.ForgetTried();
                return true;
            }
        }

        end = -1;
        return false;
    }
}

/// <summary>The matches of a pattern in a text, for <c>foreach</c>.</summary>
internal ref struct PatternMatches
{
    private readonly Pattern _pattern;
    private readonly ReadOnlySpan<char> _text;
    private readonly Backtracking _backtracking;
    private int _from;
    private int _lastEnd;

    /// <summary>Begins before the first match.</summary>
    public PatternMatches(Pattern pattern, ReadOnlySpan<char> text, Backtracking backtracking)
    {
        _pattern = pattern;
        _text = text;
        _backtracking = backtracking;
        _lastEnd = -1;
    }

    /// <summary>The match found last.</summary>
    public (int Start, int End) Current { get; private set; }

    /// <summary>Itself.</summary>
    public readonly PatternMatches GetEnumerator() => this;

    /// <summary>Finds the next match. An empty one directly after another match does not count.</summary>
    public bool MoveNext()
    {
        while (_from <= _text.Length)
        {
            int start = _from;
            if (!_pattern.TryFind(_text, _backtracking, ref start, out int end))
            {
                break;
            }

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

    /// <summary>Lets the memory be used again.</summary>
    public readonly void Dispose() => _backtracking.Return();
}
