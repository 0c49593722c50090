using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Ibke.Runtime.Tokenization;

/// <summary>Remembers the ids of pieces that came up lately, in bounded memory. Thread-safe.</summary>
/// <remarks>
/// Two generations: when the young one is full it becomes the old one, which is dropped. A piece that is found in the old one moves to the young.
/// </remarks>
internal sealed class PieceCache(int capacity = PieceCache.DefaultCapacity)
{
    private const int DefaultCapacity = 1 << 15;

    private volatile Generation _young = new();
    private volatile Generation _old = new();

    /// <summary>Looks a piece up.</summary>
    public bool TryGet(ReadOnlySpan<char> piece, [NotNullWhen(true)] out int[]? ids)
    {
        if (_young.BySpan.TryGetValue(piece, out ids))
        {
            return true;
        }

        if (!_old.BySpan.TryGetValue(piece, out ids))
        {
            return false;
        }

        Add(piece, ids);
        return true;
    }

    /// <summary>Remembers a piece.</summary>
    public void Add(ReadOnlySpan<char> piece, int[] ids)
    {
        Generation young = _young;
        if (young.BySpan.TryAdd(piece, ids) && young.Grow() == capacity)
        {
            _old = young;
            _young = new Generation();
        }
    }

    private sealed class Generation
    {
        private readonly ConcurrentDictionary<string, int[]> _idsOf = new(StringComparer.Ordinal);
        private int _count;

        public Generation() => BySpan = _idsOf.GetAlternateLookup<ReadOnlySpan<char>>();

        public ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> BySpan { get; }

        public int Grow() => Interlocked.Increment(ref _count);
    }
}
