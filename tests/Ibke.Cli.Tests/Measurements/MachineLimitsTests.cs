using Ibke.Cli.Measurements;

namespace Ibke.Cli.Tests.Measurements;

public sealed class MachineLimitsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ReadBandwidth_OfASmallBlock_ReadsAllOfIt(int threads)
    {
        // The measurement throws unless the sum of what it read is right.
        double rate = ReadBandwidth.Measure(threads, 1 << 20, 2, CancellationToken.None);

        Assert.True(rate > 0);
    }

    [Fact]
    public void MultiplyAddPeak_Measured_IsPositive() => Assert.True(MultiplyAddPeak.Measure(1, CancellationToken.None) > 0);
}
