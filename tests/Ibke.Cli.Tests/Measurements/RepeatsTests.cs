using Ibke.Cli.Measurements;

namespace Ibke.Cli.Tests.Measurements;

public sealed class RepeatsTests
{
    [Theory]
    [InlineData(2.0, 3.0, 1.0, 2.0)]
    [InlineData(2.5, 4.0, 1.0, 2.0, 3.0)]
    [InlineData(7.0, 7.0)]
    public void Median_OfValues_IsTheMiddle(double expected, params double[] values) => Assert.Equal(expected, Repeats.Median(values));

    [Fact]
    public void Median_OfNothing_IsNotANumber() => Assert.True(double.IsNaN(Repeats.Median([])));

    [Fact]
    public void Quantile_OfHundredValues_IsTheOneThatNinetyNineDoNotExceed() =>
        Assert.Equal(99, Repeats.Quantile(Enumerable.Range(1, 100).Select(i => (double)i), 0.99));

    [Fact]
    public void MedianSeconds_CancelledBetweenRepeats_Throws() =>
        Assert.Throws<OperationCanceledException>(() => Repeats.MedianSeconds(3, () => { }, new CancellationToken(canceled: true)));
}
