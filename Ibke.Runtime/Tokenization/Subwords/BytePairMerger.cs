namespace Ibke.Runtime.Tokenization.Subwords;

/// <summary>
/// Merges the tokens of one piece: the lowest rank first, at equal rank the leftmost. Short pieces are searched again after each merge; in long
/// ones the places of each rank are kept together, so that n tokens take about n steps. Used again for piece after piece; belongs to one thread.
/// </summary>
internal sealed class BytePairMerger
{
    private const int End = -1;
    private const int LongestSearched = 40;
    private const int LargestKept = 1 << 16;

    [ThreadStatic]
    private static BytePairMerger? s_spare;

    private readonly PriorityQueue<int, int> _ranks = new();
    private readonly Dictionary<int, MergePlaces> _places = [];
    private Symbol[] _symbols = new Symbol[64];

    /// <summary>A token between its neighbours.</summary>
    /// <param name="Id">The token; that of one that was merged into its left neighbour no longer counts.</param>
    /// <param name="Length">Its length in bytes of UTF-8.</param>
    /// <param name="Rank">The rank of the token and the next one.</param>
    /// <param name="Previous">The token before it; only in long pieces.</param>
    /// <param name="Next">The token behind it; only in long pieces.</param>
    private record struct Symbol(int Id, int Length, int Rank, int Previous, int Next);

    /// <summary>The number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>A merger for one piece.</summary>
    public static BytePairMerger Rent()
    {
        BytePairMerger merger = s_spare ?? new BytePairMerger();
        s_spare = null;
        merger.Count = 0;
        return merger;
    }

    /// <summary>Lets another piece on this thread use the merger.</summary>
    public void Return()
    {
        if (_symbols.Length <= LargestKept)
        {
            s_spare = this;
        }
    }

    /// <summary>Adds a token at the end of the piece.</summary>
    /// <param name="id">The token.</param>
    /// <param name="length">Its length in bytes of UTF-8.</param>
    public void Add(int id, int length)
    {
        if (Count == _symbols.Length)
        {
            Array.Resize(ref _symbols, 2 * Count);
        }

        _symbols[Count++] = new Symbol(id, length, MergeTable.None, 0, 0);
    }

    /// <summary>A token that is left after <see cref="Merge"/>, with its length.</summary>
    public (int Id, int Length) this[int index] => (_symbols[index].Id, _symbols[index].Length);

    /// <summary>Merges all that can be merged.</summary>
    public void Merge(MergeTable merges)
    {
        for (int i = 0; i + 1 < Count; i++)
        {
            _symbols[i].Rank = merges.Rank(_symbols[i].Id, _symbols[i + 1].Id);
        }

        if (Count <= LongestSearched)
        {
            MergeBySearch(merges);
        }
        else
        {
            MergeByRank(merges);
        }
    }

    private void MergeBySearch(MergeTable merges)
    {
        Span<Symbol> symbols = _symbols.AsSpan(0, Count);
        while (symbols.Length > 1)
        {
            int best = 0;
            for (int i = 1; i < symbols.Length - 1; i++)
            {
                if (symbols[i].Rank < symbols[best].Rank)
                {
                    best = i;
                }
            }

            int rank = symbols[best].Rank;
            if (rank == MergeTable.None)
            {
                break;
            }

            symbols[best].Id = merges.Merged(rank);
            symbols[best].Length += symbols[best + 1].Length;
            symbols[(best + 2)..].CopyTo(symbols[(best + 1)..]);
            symbols = symbols[..^1];
            if (best > 0)
            {
                symbols[best - 1].Rank = merges.Rank(symbols[best - 1].Id, symbols[best].Id);
            }

            symbols[best].Rank = best + 1 < symbols.Length ? merges.Rank(symbols[best].Id, symbols[best + 1].Id) : MergeTable.None;
        }

        Count = symbols.Length;
    }

    private void MergeByRank(MergeTable merges)
    {
        for (int i = 0; i < Count; i++)
        {
            _symbols[i].Previous = i - 1;
            _symbols[i].Next = i + 1 == Count ? End : i + 1;
            AddPlace(i);
        }

        while (_ranks.TryPeek(out int rank, out _))
        {
            MergePlaces places = _places[rank];
            if (!places.TryTake(out int left))
            {
                _ranks.Dequeue();
                _places.Remove(rank);
            }
            else if (_symbols[left].Rank == rank)
            {
                // Else the place is out of date: one of its two tokens was merged with another.
                Join(left, merges.Merged(rank), merges);
            }
        }

        int kept = 0;
        for (int i = 0; i != End; i = _symbols[i].Next)
        {
            _symbols[kept++] = _symbols[i];
        }

        Count = kept;
    }

    private void Join(int left, int merged, MergeTable merges)
    {
        ref Symbol symbol = ref _symbols[left];
        ref Symbol right = ref _symbols[symbol.Next];
        int next = right.Next;
        right.Rank = MergeTable.None;
        symbol = symbol with { Id = merged, Length = symbol.Length + right.Length, Next = next, Rank = MergeTable.None };
        if (next != End)
        {
            _symbols[next].Previous = left;
            symbol.Rank = merges.Rank(merged, _symbols[next].Id);
            AddPlace(left);
        }

        if (symbol.Previous is int previous && previous != End)
        {
            _symbols[previous].Rank = merges.Rank(_symbols[previous].Id, merged);
            AddPlace(previous);
        }
    }

    private void AddPlace(int left)
    {
        int rank = _symbols[left].Rank;
        if (rank == MergeTable.None)
        {
            return;
        }

        if (!_places.TryGetValue(rank, out MergePlaces? places))
        {
            _places.Add(rank, places = new MergePlaces());
            _ranks.Enqueue(rank, rank);
        }

        places.Add(left);
    }
}
