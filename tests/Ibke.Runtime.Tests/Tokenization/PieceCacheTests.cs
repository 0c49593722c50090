using System.Globalization;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Tests.Tokenization;

public sealed class PieceCacheTests
{
    [Fact]
    public void TryGet_MorePiecesThanFit_KeepsTheUsedOnesAndForgetsTheOldest()
    {
        PieceCache cache = new(capacity: 8);
        cache.Add("often", [1]);
        for (int i = 0; i < 100; i++)
        {
            cache.Add(i.ToString(CultureInfo.InvariantCulture), [i]);
            Assert.True(cache.TryGet("often", out int[]? ids) && ids[0] == 1);
        }

        int kept = Enumerable.Range(0, 100).Count(i => cache.TryGet(i.ToString(CultureInfo.InvariantCulture), out _));
        Assert.InRange(kept, 7, 16);
        Assert.False(cache.TryGet("0", out _));
        Assert.True(cache.TryGet("99", out _));
    }
}
