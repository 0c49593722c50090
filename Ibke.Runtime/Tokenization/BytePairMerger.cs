namespace Ibke.Runtime.Tokenization;

/// <summary>What two neighbouring tokens become.</summary>
/// <param name="Rank">Lower ranks are merged first.</param>
/// <param name="Id">The token they become.</param>
internal readonly record struct BytePairMerge(int Rank, int Id);

/// <summary>
/// Merges the tokens of one piece: the lowest rank first, at equal rank the leftmost. A linked list and a heap of candidates make that
/// O(n log n) for n tokens. Used again for piece after piece; belongs to one thread.
/// </summary>
internal sealed class BytePairMerger
{
    private const int None = -1;

    private readonly PriorityQueue<BytePairMerge, ulong> _candidates = new();
    private Symbol[] _symbols = new Symbol[64];
    private int _count;

    private record struct Symbol(int Id, int Previous, int Next);

    /// <summary>The key of two neighbours in a table of merges.</summary>
    public static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    /// <summary>Adds a token at the end of the piece.</summary>
    public void Add(int id)
    {
        if (_count == _symbols.Length)
        {
            Array.Resize(ref _symbols, 2 * _count);
        }

        _symbols[_count] = new Symbol(id, _count - 1, _count + 1);
        _count++;
    }

    /// <summary>Merges, adds what is left to <paramref name="ids"/>, and is empty again.</summary>
    public void MoveTo(List<int> ids, Dictionary<ulong, BytePairMerge> merges)
    {
        if (_count == 0)
        {
            return;
        }

        _symbols[_count - 1].Next = None;
        for (int i = 0; i + 1 < _count; i++)
        {
            AddCandidate(i, merges);
        }

        while (_candidates.TryDequeue(out BytePairMerge merge, out ulong priority))
        {
            int left = (int)(uint)priority;
            int right = _symbols[left].Next;

            // A candidate is out of date once one of its two has been merged with something else.
            if (right != None && merges.TryGetValue(Key(_symbols[left].Id, _symbols[right].Id), out BytePairMerge current) && current == merge)
            {
                Join(left, right, merge.Id);
                AddCandidate(_symbols[left].Previous, merges);
                AddCandidate(left, merges);
            }
        }

        for (int i = 0; i != None; i = _symbols[i].Next)
        {
            ids.Add(_symbols[i].Id);
        }

        _count = 0;
    }

    private void AddCandidate(int left, Dictionary<ulong, BytePairMerge> merges)
    {
        if (left != None && _symbols[left].Next is int right && right != None
            && merges.TryGetValue(Key(_symbols[left].Id, _symbols[right].Id), out BytePairMerge merge))
        {
            _candidates.Enqueue(merge, Key(merge.Rank, left));
        }
    }

    private void Join(int left, int right, int id)
    {
        int next = _symbols[right].Next;
        _symbols[left].Id = id;
        _symbols[left].Next = next;
        _symbols[right].Next = None;
        if (next != None)
        {
            _symbols[next].Previous = left;
        }
    }
}
