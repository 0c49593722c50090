using Ibke.Runtime.Models;
using Ibke.Runtime.Models.Network;

namespace Ibke.Runtime.Tests.Models;

public sealed class RotaryEmbeddingTests
{
    private static readonly RopeSettings _plain = new() { Theta = 10000, OriginalContextLength = 32 };

    [Fact]
    public void For_Default_IsAGeometricSeries() =>
        AssertClose([1, 0.1f, 0.01f, 0.001f], new RotaryEmbedding(_plain, 8, 32).For(32).InverseFrequencies);

    [Fact]
    public void For_DynamicBeyondTheTrainedLength_StretchesWithTheLength()
    {
        RotaryEmbedding rotary = new(_plain with { Kind = RopeKind.Dynamic, Factor = 2 }, 8, 64);
        double theta = 10000 * Math.Pow(2 * 48 / 32.0 - 1, 8 / 6.0);

        Assert.Same(rotary.For(1), rotary.For(32));
        Assert.Same(rotary.For(48), rotary.For(48));
        Assert.Equal(32, rotary.FixedLength);
        AssertClose([.. Enumerable.Range(0, 4).Select(i => (float)Math.Pow(theta, -i / 4.0))], rotary.For(48).InverseFrequencies);
    }

    [Fact]
    public void For_LongRope_ChangesFactorsAtTheOriginalLength()
    {
        RotaryEmbedding rotary = new(
            _plain with { Kind = RopeKind.LongRope, ShortFactors = [1, 1, 2, 2], LongFactors = [1, 2, 4, 8] }, 8, 128);

        AssertClose([1, 0.1f, 0.005f, 0.0005f], rotary.For(32).InverseFrequencies);
        AssertClose([1, 0.05f, 0.0025f, 0.000125f], rotary.For(33).InverseFrequencies);
        Assert.Equal((float)Math.Sqrt(1 + Math.Log(4) / Math.Log(32)), rotary.For(33).Factor);
        Assert.Same(rotary.For(33), rotary.For(128));
    }

    private static void AssertClose(IReadOnlyList<float> expected, IReadOnlyList<float> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.InRange(actual[i] / expected[i], 1 - 1e-6, 1 + 1e-6);
        }
    }
}
