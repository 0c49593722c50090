namespace Ibke.Runtime.Tokenization.Patterns;

/// <summary>Runs compiled regular expressions with backtracking.</summary>
internal static class PatternMachine
{
    /// <summary>The length of the character at a position in UTF-16 units; 1 at the end of the text.</summary>
    public static int LengthAt(ReadOnlySpan<char> text, int at) =>
        at + 1 < text.Length && char.IsHighSurrogate(text[at]) && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    /// <summary>The end of the match that begins at <paramref name="at"/>, or -1.</summary>
    public static int Run(PatternInstruction[] code, ReadOnlySpan<char> text, int next, int at, ref Backtracking stack)
    {
        int bottom = stack.Count;
        while (true)
        {
            ref readonly PatternInstruction instruction = ref code[next];
            bool failed = false;
            switch (instruction.Operation)
            {
                case PatternOperation.Take:
                    int length = instruction.Set!.MatchLength(text, at);
                    failed = length == 0;
                    at += length;
                    next++;
                    break;
                case PatternOperation.TakeMany or PatternOperation.TakeManyForGood:
                    next++;
                    int end = instruction.Set!.Skip(text, at, instruction.B, out int count);
                    failed = count < instruction.A;
                    if (!failed && count > instruction.A && instruction.Operation == PatternOperation.TakeMany)
                    {
                        stack.Push(next, end, Advance(text, at, instruction.A));
                    }

                    at = end;
                    break;
                case PatternOperation.Try:
                    if (instruction.Set is null || instruction.Set.MatchLength(text, at) > 0)
                    {
                        stack.Push(instruction.A, at, Backtracking.Once);
                        next++;
                    }
                    else
                    {
                        next = instruction.A;
                    }

                    break;
                case PatternOperation.Jump:
                    next = instruction.A;
                    break;
                case PatternOperation.Look or PatternOperation.LookNot:
                    int from = Retreat(text, at, instruction.B);
                    bool found = from >= 0 && Run(code, text, next + 1, from, ref stack) >= 0;
                    failed = found == (instruction.Operation == PatternOperation.LookNot);
                    next = instruction.A;
                    break;
                case PatternOperation.Atomic:
                    int inner = Run(code, text, next + 1, at, ref stack);
                    failed = inner < 0;
                    at = inner;
                    next = instruction.A;
                    break;
                case PatternOperation.Anchor:
                    failed = !IsAt((AnchorKind)instruction.A, text, at);
                    next++;
                    break;
                case PatternOperation.Remember:
                    stack.SetRegister(instruction.A, at);
                    next++;
                    break;
                case PatternOperation.LeaveIfUnmoved:
                    next = stack.Register(instruction.A) == at ? instruction.B : next + 1;
                    break;
                case PatternOperation.Accept:
                    stack.Truncate(bottom);
                    return at;
            }

            if (failed && !stack.TryPop(bottom, text, out next, out at))
            {
                return -1;
            }
        }
    }

    private static int Advance(ReadOnlySpan<char> text, int at, int characters)
    {
        for (; characters > 0; characters--)
        {
            at += LengthAt(text, at);
        }

        return at;
    }

    /// <summary>The position so many characters earlier, or -1 before the beginning.</summary>
    private static int Retreat(ReadOnlySpan<char> text, int at, int characters)
    {
        for (; characters > 0 && at >= 0; characters--)
        {
            at = at == 0 ? -1 : Backtracking.Before(text, at);
        }

        return at;
    }

    private static bool IsAt(AnchorKind kind, ReadOnlySpan<char> text, int at) => kind switch
    {
        AnchorKind.LineStart => at == 0 || text[at - 1] == '\n',
        AnchorKind.LineEnd => at == text.Length || text[at] == '\n',
        AnchorKind.TextStart => at == 0,
        AnchorKind.TextEnd => at == text.Length,
        AnchorKind.TextEndOrFinalNewline => at == text.Length || (at == text.Length - 1 && text[at] == '\n'),
        AnchorKind.WordBoundary => IsWordBoundary(text, at),
        _ => !IsWordBoundary(text, at),
    };

    private static bool IsWordBoundary(ReadOnlySpan<char> text, int at)
    {
        bool before = at > 0 && UnicodeSets.Word.MatchLength(text, Backtracking.Before(text, at)) > 0;
        return before != UnicodeSets.Word.MatchLength(text, at) > 0;
    }
}

/// <summary>What is still to be tried, and registers whose former values come back on the way.</summary>
internal ref struct Backtracking
{
    /// <summary>In place of a lower limit: the entry is one attempt, not a run that gives back.</summary>
    public const int Once = -1;

    private const int Restore = -2;

    private readonly Span<int> _registers;
    private Span<int> _entries;

    /// <summary>Begins empty in the given memory; more is taken as needed.</summary>
    public Backtracking(Span<int> memory, int registers)
    {
        _entries = memory;
        _registers = registers == 0 ? default : new int[registers];
        _registers.Fill(-1);
    }

    /// <summary>Integers in use; three an entry.</summary>
    public int Count { get; private set; }

    /// <summary>The beginning of the character that ends at a position.</summary>
    public static int Before(ReadOnlySpan<char> text, int at) =>
        at >= 2 && char.IsLowSurrogate(text[at - 1]) && char.IsHighSurrogate(text[at - 2]) ? at - 2 : at - 1;

    /// <summary>Remembers to go on at <paramref name="next"/> from <paramref name="at"/>, or, down to <paramref name="low"/>, from one character before.</summary>
    public void Push(int next, int at, int low)
    {
        if (Count + 3 > _entries.Length)
        {
            int[] larger = new int[_entries.Length * 2];
            _entries.CopyTo(larger);
            _entries = larger;
        }

        _entries[Count] = next;
        _entries[Count + 1] = at;
        _entries[Count + 2] = low;
        Count += 3;
    }

    /// <summary>Takes up the newest attempt above <paramref name="bottom"/>.</summary>
    public bool TryPop(int bottom, ReadOnlySpan<char> text, out int next, out int at)
    {
        while (Count > bottom)
        {
            Count -= 3;
            (next, at, int low) = (_entries[Count], _entries[Count + 1], _entries[Count + 2]);
            if (low == Restore)
            {
                _registers[next] = at;
                continue;
            }

            if (low == Once)
            {
                return true;
            }

            at = Before(text, at);
            if (at > low)
            {
                Push(next, at, low);
            }

            return true;
        }

        next = at = 0;
        return false;
    }

    /// <summary>Forgets the attempts above <paramref name="bottom"/>; registers keep their values.</summary>
    public void Truncate(int bottom) => Count = bottom;

    /// <summary>A remembered position, or -1.</summary>
    public readonly int Register(int index) => _registers[index];

    /// <summary>Remembers a position until the next failure takes it back.</summary>
    public void SetRegister(int index, int value)
    {
        Push(index, _registers[index], Restore);
        _registers[index] = value;
    }
}
