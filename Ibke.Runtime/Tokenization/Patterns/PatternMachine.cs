namespace Ibke.Runtime.Tokenization.Patterns;

/// <summary>Runs compiled regular expressions with backtracking.</summary>
internal static class PatternMachine
{
    /// <summary>The length of the character at a position in UTF-16 units; 1 at the end of the text.</summary>
    public static int LengthAt(ReadOnlySpan<char> text, int at) =>
        at + 1 < text.Length && char.IsHighSurrogate(text[at]) && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    /// <summary>The beginning of the character that ends at a position.</summary>
    public static int Before(ReadOnlySpan<char> text, int at) =>
        at >= 2 && char.IsLowSurrogate(text[at - 1]) && char.IsHighSurrogate(text[at - 2]) ? at - 2 : at - 1;

    /// <summary>The end of the match that begins at <paramref name="at"/>, or -1.</summary>
    public static int Run(PatternInstruction[] code, ReadOnlySpan<char> text, int next, int at, Backtracking stack)
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
                    failed = stack.HasTried(next, at) || !TakeMany(in instruction, text, next + 1, ref at, stack);
                    next++;
                    break;
                case PatternOperation.Try:
                    if (stack.HasTried(next, at))
                    {
                        failed = true;
                    }
                    else if (instruction.Set is null || instruction.Set.MatchLength(text, at) > 0)
                    {
                        stack.PushAttempt(instruction.A, at);
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
                    bool found = from >= 0 && RunInner(code, text, next + 1, from, stack) >= 0;
                    failed = found == (instruction.Operation == PatternOperation.LookNot);
                    next = instruction.A;
                    break;
                case PatternOperation.Atomic:
                    int inner = RunInner(code, text, next + 1, at, stack);
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

    private static int RunInner(PatternInstruction[] code, ReadOnlySpan<char> text, int next, int at, Backtracking stack)
    {
        int outer = stack.BeginInner(next);
        int end = Run(code, text, next, at, stack);
        stack.EndInner(outer, found: end >= 0);
        return end;
    }

    private static bool TakeMany(in PatternInstruction instruction, ReadOnlySpan<char> text, int next, ref int at, Backtracking stack)
    {
        if (instruction.Run is int known && stack.HasFailed(known, at))
        {
            return false;
        }

        int end = instruction.Set!.Skip(text, at, instruction.B, out int count);
        if (count < instruction.A)
        {
            return false;
        }

        if (instruction.Run is int run)
        {
            stack.PushRun(run, at, end);
        }

        if (count > instruction.A && instruction.Operation == PatternOperation.TakeMany)
        {
            stack.PushGiveBack(next, end, Advance(text, at, instruction.A));
        }

        at = end;
        return true;
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
            at = at == 0 ? -1 : Before(text, at);
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
        bool before = at > 0 && UnicodeSets.Word.MatchLength(text, Before(text, at)) > 0;
        return before != UnicodeSets.Word.MatchLength(text, at) > 0;
    }
}
