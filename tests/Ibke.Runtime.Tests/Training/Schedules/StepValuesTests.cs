using Ibke.Runtime.Training.Schedules;

namespace Ibke.Runtime.Tests.Training.Schedules;

public sealed class StepValuesTests
{
    [Theory]
    [InlineData(0, .5)]
    [InlineData(299, .5)]
    [InlineData(300, .2)]
    [InlineData(399, .2)]
    [InlineData(400, .1)]
    [InlineData(int.MaxValue - 1, .1)]
    public void At_Pieces_GivesThatOfTheStep(int step, double expected)
    {
        StepValues values = new([(300, .5), (400, .2), (null, .1)]);

        Assert.Equal(expected, values.At(step));
    }

    [Fact]
    public void Constructor_PiecesThatDoNotRiseOrEnd_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new StepValues([]));
        Assert.Throws<ArgumentException>(() => new StepValues([(300, .5)]));
        Assert.Throws<ArgumentException>(() => new StepValues([(300, .5), (300, .2), (null, .1)]));
        Assert.Throws<ArgumentException>(() => new StepValues([(null, .5), (null, .1)]));
        Assert.Throws<ArgumentException>(() => new StepValues([(0, .5), (null, .1)]));
    }
}
