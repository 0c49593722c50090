namespace Ibke.Runtime.Tokenization.Subwords;

/// <summary>Which neighbours a byte-pair encoding merges, in which order, and what they become. Immutable and thread-safe.</summary>
/// <remarks>A hash table with open addressing: a look-up is what merging does most.</remarks>
internal sealed class MergeTable
{
    /// <summary>The rank of neighbours that are not merged.</summary>
    public const int None = int.MaxValue;

    private readonly ulong[] _keys;
    private readonly int[] _ranks;
    private readonly int[] _merged;
    private readonly int _shift;

    /// <summary>Makes a table.</summary>
    /// <param name="merges">Left, right and what they become, lowest rank first. Of equal pairs the last counts.</param>
    public MergeTable(IReadOnlyList<(int Left, int Right, int Merged)> merges)
    {
        int bits = 4;
        while (1L << bits < 2L * merges.Count)
        {
            bits++;
        }

        _shift = 64 - bits;
        _keys = new ulong[1 << bits];
        _ranks = new int[1 << bits];
        _merged = new int[merges.Count];
        Array.Fill(_ranks, None);
        for (int rank = 0; rank < merges.Count; rank++)
        {
            (int left, int right, _merged[rank]) = merges[rank];
            ulong key = Key(left, right);
            int slot = Slot(key);
            _keys[slot] = key;
            _ranks[slot] = rank;
        }
    }

    /// <summary>The rank of two neighbours, or <see cref="None"/>; lower ranks are merged first.</summary>
    public int Rank(int left, int right) => _ranks[Slot(Key(left, right))];

    /// <summary>What the neighbours of a rank become.</summary>
    public int Merged(int rank) => _merged[rank];

    /// <summary>All merges that count, by rank.</summary>
    public IEnumerable<(int Rank, int Left, int Right)> Pairs()
    {
        for (int slot = 0; slot < _keys.Length; slot++)
        {
            if (_ranks[slot] != None)
            {
                yield return (_ranks[slot], (int)(_keys[slot] >> 32), (int)(uint)_keys[slot]);
            }
        }
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    /// <summary>The slot that holds a pair, or the free one where it would be.</summary>
    private int Slot(ulong key)
    {
        ulong[] keys = _keys;
        int[] ranks = _ranks;
        int slot = (int)((key * 0x9E37_79B9_7F4A_7C15) >> _shift);
        while (ranks[slot] != None && keys[slot] != key)
        {
            slot = (slot + 1) & (keys.Length - 1);
        }

        return slot;
    }
}
