using Ibke.Runtime.Scoring;

namespace Ibke.Runtime.Tests.Scoring;

public class ProportionTests
{
    // Computed with another implementation (R's prop.test without continuity correction).
    [Theory]
    [InlineData(150, 150, 0.97503, 1)]
    [InlineData(0, 10, 0, 0.27753)]
    [InlineData(8, 10, 0.49016, 0.94332)]
    [InlineData(50, 100, 0.40383, 0.59617)]
    public void Interval_KnownCounts_IsThatOfWilson(int right, int asked, double low, double high)
    {
        Proportion proportion = new(right, asked);

        Assert.Equal(low, proportion.Low, 4);
        Assert.Equal(high, proportion.High, 4);
    }

    [Fact]
    public void Add_TwoSets_CountsBoth() => Assert.Equal(new Proportion(3, 7), new Proportion(1, 2) + new Proportion(2, 5));

    [Fact]
    public void Interval_NothingAsked_SaysNothing() => Assert.Equal((0, 1), (default(Proportion).Low, default(Proportion).High));
}
