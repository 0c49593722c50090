using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Ibke.Runtime.Tokenization.Subwords;

/// <summary>Remembers the ids of short pieces that came up lately, in bounded memory. Thread-safe without locks.</summary>
/// <remarks>
/// Each piece has two places in a table. A new one takes the first, what was there the second, and what was there is forgotten. Entries never
/// change, so that a thread sees an old one or a new one.
/// </remarks>
internal sealed class PieceCache
{
    /// <summary>The longest piece worth remembering.</summary>
    public const int LongestPiece = 64;

    private const int DefaultCapacity = 1 << 16;

    private readonly Entry?[] _entries;
    private readonly int _shift;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="capacity">The most entries; a power of two.</param>
    public PieceCache(int capacity = DefaultCapacity)
    {
        _entries = new Entry?[capacity];
        _shift = 64 - int.Log2(capacity);
    }

    /// <summary>A remembered piece.</summary>
    private sealed record Entry(ulong Hash, string Piece, int[] Ids);

    /// <summary>Looks a piece up.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="hash">Its <see cref="Hash"/>.</param>
    /// <param name="ids">Its ids; not to be changed.</param>
    public bool TryGet(ReadOnlySpan<char> piece, ulong hash, [NotNullWhen(true)] out int[]? ids)
    {
        int place = (int)(hash >> _shift);
        Entry? entry = _entries[place];
        if (entry is null || entry.Hash != hash || !piece.SequenceEqual(entry.Piece))
        {
            entry = _entries[place ^ 1];
            if (entry is null || entry.Hash != hash || !piece.SequenceEqual(entry.Piece))
            {
                ids = null;
                return false;
            }
        }

        ids = entry.Ids;
        return true;
    }

    /// <summary>Remembers a piece.</summary>
    public void Add(ReadOnlySpan<char> piece, ulong hash, int[] ids)
    {
        int place = (int)(hash >> _shift);
        _entries[place ^ 1] = _entries[place];
        _entries[place] = new Entry(hash, piece.ToString(), ids);
    }

    /// <summary>The hash of a piece, the same in every run.</summary>
    public static ulong Hash(ReadOnlySpan<char> piece)
    {
        const ulong Factor = 0x9E37_79B9_7F4A_7C15;
        ulong hash = (ulong)piece.Length * Factor;
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(piece);
        while (bytes.Length >= sizeof(ulong))
        {
            hash = (ulong.RotateLeft(hash, 25) ^ MemoryMarshal.Read<ulong>(bytes)) * Factor;
            bytes = bytes[sizeof(ulong)..];
        }

        ulong rest = 0;
        foreach (char unit in MemoryMarshal.Cast<byte, char>(bytes))
        {
            rest = (rest << 16) | unit;
        }

        hash = (ulong.RotateLeft(hash, 25) ^ rest) * Factor;
        return hash ^ (hash >> 29);
    }
}
