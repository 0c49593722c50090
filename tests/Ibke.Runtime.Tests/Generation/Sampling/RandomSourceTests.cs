using Ibke.Runtime.Generation.Sampling;

namespace Ibke.Runtime.Tests.Generation.Sampling;

public sealed class RandomSourceTests
{
    // From an independent implementation of SplitMix64 and xoshiro256** in Python.
    [Theory]
    [InlineData(0, new ulong[] { 0x99ec5f36cb75f2b4, 0xbf6e1f784956452a, 0x1a5f849d4933e6e0 })]
    [InlineData(42, new ulong[] { 0x15780b2e0c2ec716, 0x6104d9866d113a7e, 0xae17533239e499a1 })]
    public void NextBits_Seed_GivesTheKnownSequence(ulong seed, ulong[] expected)
    {
        RandomSource random = new(seed);

        Assert.Equal(expected, expected.Select(_ => random.NextBits()));
    }

    [Fact]
    public void NextDouble_ManyDraws_LieFromZeroToBelowOneAndAverageAHalf()
    {
        RandomSource random = new(9);
        double[] draws = [.. Enumerable.Range(0, 10_000).Select(_ => random.NextDouble())];

        Assert.All(draws, draw => Assert.InRange(draw, 0, 1 - 1e-16));
        Assert.InRange(draws.Average(), 0.49, 0.51);
    }
}
