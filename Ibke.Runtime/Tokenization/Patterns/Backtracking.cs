namespace Ibke.Runtime.Tokenization.Patterns;

/// <summary>
/// The memory of a search in one text: what is still to be tried, registers whose former values come back on the way, and the runs of
/// characters after which the rest has failed. Belongs to one thread.
/// </summary>
internal sealed class Backtracking
{
    private const int LargestKept = 1 << 14;
    private const int StepsWithoutMemory = 1 << 16;
    private const int StepsForCharacter = 64;
    private const int MostTried = 1 << 22;

    [ThreadStatic]
    private static Backtracking? s_spare;

    private Entry[] _entries = new Entry[32];
    private int[] _registers = [];
    private (int Start, int End)[] _failedRuns = [];
    private int _usedRegisters;
    private long _stepsLeft;
    private int _search;
    private Dictionary<int, HashSet<(int Instruction, int At, ulong Unmoved)>>? _tried;

    private enum EntryKind
    {
        /// <summary>Go on at an instruction from a position.</summary>
        Attempt,

        /// <summary>As an attempt, from one character before, down to a limit.</summary>
        GiveBack,

        /// <summary>Give a register its former value.</summary>
        Restore,

        /// <summary>All that could follow a run has failed.</summary>
        RunFailed,
    }

    private record struct Entry(EntryKind Kind, int Index, int At, int Limit);

    /// <summary>Entries in use.</summary>
    public int Count { get; private set; }

    /// <summary>Memory for the search in one text.</summary>
    public static Backtracking Rent(int registers, int runs, int textLength)
    {
        Backtracking memory = s_spare ?? new Backtracking();
        s_spare = null;
        memory.Count = 0;
        memory._usedRegisters = registers;
        memory._stepsLeft = StepsWithoutMemory + ((long)StepsForCharacter * textLength);
        memory._search = 0;
        memory._tried = null;
        if (memory._registers.Length < registers)
        {
            memory._registers = new int[registers];
        }

        if (memory._failedRuns.Length < runs)
        {
            memory._failedRuns = new (int, int)[runs];
        }

        Array.Fill(memory._registers, -1);
        Array.Fill(memory._failedRuns, (-1, -1));
        return memory;
    }

    /// <summary>Lets another search on this thread use the memory.</summary>
    public void Return()
    {
        if (_entries.Length <= LargestKept)
        {
            s_spare = this;
        }
    }

    /// <summary>Remembers to go on at an instruction from a position.</summary>
    public void PushAttempt(int instruction, int at) => Push(new Entry(EntryKind.Attempt, instruction, at, 0));

    /// <summary>Remembers to go on at an instruction from every position before <paramref name="at"/> down to <paramref name="limit"/>.</summary>
    public void PushGiveBack(int instruction, int at, int limit) => Push(new Entry(EntryKind.GiveBack, instruction, at, limit));

    /// <summary>Remembers, if everything pushed after this fails, that nothing can follow a run wherever it stops.</summary>
    public void PushRun(int run, int start, int end) => Push(new Entry(EntryKind.RunFailed, run, start, end));

    /// <summary>Whether a run from here has failed before: it stops where an earlier one stopped after which nothing could follow.</summary>
    public bool HasFailed(int run, int at) => _failedRuns[run].Start <= at && at <= _failedRuns[run].End;

    /// <summary>
    /// Counts a choice. A search that has made more than any sensible expression needs remembers its choices from then on, so that none is
    /// made twice: the time it takes is bounded by the places there are, not by the ways between them.
    /// </summary>
    /// <returns>Whether the same choice was made before, and so has failed.</returns>
    public bool HasTried(int instruction, int at)
    {
        if (--_stepsLeft > 0)
        {
            return false;
        }

        Dictionary<int, HashSet<(int, int, ulong)>> searches = _tried ??= [];
        if (!searches.TryGetValue(_search, out HashSet<(int, int, ulong)>? tried) || tried.Count >= MostTried)
        {
            searches[_search] = tried = [];
        }

        // Of a register it matters only whether the search has moved since.
        ulong unmoved = 0;
        for (int i = 0; i < _usedRegisters; i++)
        {
            unmoved |= _registers[i] == at ? 1ul << i : 0;
        }

        return !tried.Add((instruction, at, unmoved));
    }

    /// <summary>Begins a search within another, from an instruction of its own.</summary>
    /// <returns>The other search, for <see cref="EndInner"/>.</returns>
    public int BeginInner(int instruction)
    {
        int outer = _search;
        _search = instruction;
        return outer;
    }

    /// <summary>Goes on with the other search.</summary>
    /// <param name="outer">The other search.</param>
    /// <param name="found">Whether this one has found a match, so that not all of its choices have failed.</param>
    public void EndInner(int outer, bool found)
    {
        if (found)
        {
            _tried?.Remove(_search);
        }

        _search = outer;
    }

    /// <summary>Forgets the choices, after one of them has led to a match.</summary>
    public void ForgetTried() => _tried?.Remove(_search);

    /// <summary>A remembered position, or -1.</summary>
    public int Register(int index) => _registers[index];

    /// <summary>Remembers a position until the next failure takes it back.</summary>
    public void SetRegister(int index, int value)
    {
        Push(new Entry(EntryKind.Restore, index, _registers[index], 0));
        _registers[index] = value;
    }

    /// <summary>Forgets the entries above <paramref name="bottom"/>; registers keep their values.</summary>
    public void Truncate(int bottom) => Count = bottom;

    /// <summary>Takes up the newest attempt above <paramref name="bottom"/>.</summary>
    public bool TryPop(int bottom, ReadOnlySpan<char> text, out int instruction, out int at)
    {
        while (Count > bottom)
        {
            Entry entry = _entries[--Count];
            switch (entry.Kind)
            {
                case EntryKind.Restore:
                    _registers[entry.Index] = entry.At;
                    continue;
                case EntryKind.RunFailed:
                    _failedRuns[entry.Index] = (entry.At, entry.Limit);
                    continue;
                case EntryKind.GiveBack:
                    at = PatternMachine.Before(text, entry.At);
                    if (at > entry.Limit)
                    {
                        _entries[Count++].At = at;
                    }

                    break;
                default:
                    at = entry.At;
                    break;
            }

            instruction = entry.Index;
            return true;
        }

        instruction = at = 0;
        return false;
    }

    private void Push(Entry entry)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, 2 * Count);
        }

        _entries[Count++] = entry;
    }
}
