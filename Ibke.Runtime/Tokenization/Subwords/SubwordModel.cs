using System.Runtime.InteropServices;

namespace Ibke.Runtime.Tokenization.Subwords;

/// <summary>A token of a piece.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Start">Where it begins in the piece, in bytes of UTF-8.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Text">What it is made of, where that is not the text of the id.</param>
internal readonly record struct PieceToken(int Id, int Start, int End, string? Text = null);

/// <summary>Turns the pieces of a text into tokens of a vocabulary.</summary>
/// <remarks>Thread-safe. The ids of short pieces are remembered, in bounded memory.</remarks>
internal abstract class SubwordModel
{
    private readonly PieceCache _cache = new();

    /// <summary>Ids by token.</summary>
    public abstract IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <summary>Adds the ids of a piece.</summary>
    /// <param name="piece">Without lone surrogates.</param>
    /// <param name="isText">Whether the piece is still to be written in the byte alphabet; the same for all pieces of a model.</param>
    /// <param name="ids">Receives the ids.</param>
    public void Encode(ReadOnlySpan<char> piece, bool isText, List<int> ids)
    {
        if (piece.Length > PieceCache.LongestPiece)
        {
            EncodeAnew(piece, isText, ids);
            return;
        }

        ulong hash = PieceCache.Hash(piece);
        if (!_cache.TryGet(piece, hash, out int[]? known))
        {
            int before = ids.Count;
            EncodeAnew(piece, isText, ids);
            _cache.Add(piece, hash, CollectionsMarshal.AsSpan(ids)[before..].ToArray());
        }
        else if (known.Length == 1)
        {
            ids.Add(known[0]);
        }
        else
        {
            ids.AddRange(known);
        }
    }

    /// <summary>Adds the tokens of a piece, which is already written in the byte alphabet where the vocabulary is.</summary>
    public abstract void Encode(ReadOnlySpan<char> piece, List<PieceToken> tokens);

    /// <summary>The model that never makes one of the given tokens out of its characters; itself where it never does.</summary>
    public abstract SubwordModel Without(IReadOnlySet<int> ids);

    /// <summary>Adds the ids of a piece that is not remembered.</summary>
    protected abstract void EncodeAnew(ReadOnlySpan<char> piece, bool isText, List<int> ids);
}
