using System.Globalization;
using Ibke.Runtime.Tokenization.Subwords;

namespace Ibke.Runtime.Tests.Tokenization.Subwords;

public sealed class PieceCacheTests
{
    [Fact]
    public void TryGet_MorePiecesThanFit_GivesIdsOfThePieceOrNothing()
    {
        PieceCache cache = new(capacity: 8);
        string[] pieces = [.. Enumerable.Range(0, 100).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        foreach (string piece in pieces)
        {
            cache.Add(piece, PieceCache.Hash(piece), [int.Parse(piece, CultureInfo.InvariantCulture)]);
            Assert.True(cache.TryGet(piece, PieceCache.Hash(piece), out int[]? ids));
            Assert.Equal(piece, ids[0].ToString(CultureInfo.InvariantCulture));
        }

        Assert.InRange(pieces.Count(piece => cache.TryGet(piece, PieceCache.Hash(piece), out _)), 1, 8);
    }

    [Fact]
    public void Hash_SimilarPieces_Differs()
    {
        string[] pieces = [.. Enumerable.Range(0, 40).SelectMany(n => new[] { new string('a', n), new string('\0', n) + "b", new string('a', n) + "\u00e9" })];

        Assert.Equal(pieces.Distinct().Count(), pieces.Distinct().Select(piece => PieceCache.Hash(piece)).Distinct().Count());
    }
}
