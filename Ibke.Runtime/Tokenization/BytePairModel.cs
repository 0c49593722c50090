namespace Ibke.Runtime.Tokenization;

/// <summary>
/// Byte-pair encoding: a piece begins as single characters, and the neighbours of the lowest rank are merged until none is left to merge.
/// </summary>
/// <remarks>Thread-safe. The ids of short pieces are remembered, in bounded memory.</remarks>
internal sealed class BytePairModel
{
    private const int LongestRemembered = 256;
    private const int LargestScratch = 1 << 16;

    [ThreadStatic]
    private static BytePairMerger? s_merger;

    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _idOfSpan;
    private readonly Dictionary<ulong, BytePairMerge> _merges;
    private readonly PieceCache _cache = new();
    private readonly bool _ignoreMerges;
    private readonly int? _unknown;
    private readonly bool _fuseUnknown;

    /// <summary>Makes a model.</summary>
    /// <param name="vocabulary">Ids by token, compared ordinally.</param>
    /// <param name="merges">What two neighbours become, by <see cref="BytePairMerger.Key"/>.</param>
    /// <param name="ignoreMerges">Whether a piece that is a token is taken as it is.</param>
    /// <param name="unknown">The token of characters outside the vocabulary; null drops them.</param>
    /// <param name="fuseUnknown">Whether neighbouring unknown characters are one token.</param>
    public BytePairModel(
        Dictionary<string, int> vocabulary, Dictionary<ulong, BytePairMerge> merges, bool ignoreMerges, int? unknown, bool fuseUnknown)
    {
        _vocabulary = vocabulary;
        _idOfSpan = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _merges = merges;
        _ignoreMerges = ignoreMerges;
        _unknown = unknown;
        _fuseUnknown = fuseUnknown;
    }

    /// <summary>Ids by token.</summary>
    public IReadOnlyDictionary<string, int> Vocabulary => _vocabulary;

    /// <summary>Adds the ids of a piece.</summary>
    public void Encode(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (_cache.TryGet(piece, out int[]? known))
        {
            ids.AddRange(known);
            return;
        }

        int before = ids.Count;
        if (_ignoreMerges && _idOfSpan.TryGetValue(piece, out int whole))
        {
            ids.Add(whole);
        }
        else
        {
            Merge(piece, ids);
        }

        if (piece.Length <= LongestRemembered)
        {
            _cache.Add(piece, [.. ids.Skip(before)]);
        }
    }

    private void Merge(ReadOnlySpan<char> piece, List<int> ids)
    {
        BytePairMerger merger = s_merger ??= new BytePairMerger();
        bool afterUnknown = false;
        for (int at = 0, length; at < piece.Length; at += length)
        {
            length = Patterns.PatternMachine.LengthAt(piece, at);
            if (_idOfSpan.TryGetValue(piece.Slice(at, length), out int id))
            {
                merger.Add(id);
                afterUnknown = false;
            }
            else if (_unknown is int unknown)
            {
                if (!afterUnknown || !_fuseUnknown)
                {
                    merger.Add(unknown);
                }

                afterUnknown = true;
            }
        }

        merger.MoveTo(ids, _merges);
        if (piece.Length > LargestScratch)
        {
            s_merger = null;
        }
    }
}
