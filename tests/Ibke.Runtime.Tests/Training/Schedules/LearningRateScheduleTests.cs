using Ibke.Runtime.Training.Schedules;

namespace Ibke.Runtime.Tests.Training.Schedules;

public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData(0, .25)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    [InlineData(50, 1)]
    [InlineData(75, .55)]
    [InlineData(100, .1)]
    [InlineData(500, .1)]
    public void Factor_LinearFall_RisesStaysAndFalls(int step, double expected)
    {
        LearningRateSchedule schedule = new() { Steps = 100, WarmUpSteps = 4, FlatShare = .5, FinalShare = .1 };

        Assert.Equal(expected, schedule.Factor(step), 1e-12);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(25, .8535533905932737)]
    [InlineData(50, .5)]
    [InlineData(100, 0)]
    public void Factor_CosineFall_FollowsHalfACosine(int step, double expected)
    {
        LearningRateSchedule schedule = new() { Steps = 100, Fall = RateFall.Cosine };

        Assert.Equal(expected, schedule.Factor(step), 1e-12);
    }

    [Fact]
    public void Factor_WarmUpLongerThanFlat_DoesNotFallBeforeItsEnd()
    {
        LearningRateSchedule schedule = new() { Steps = 100, WarmUpSteps = 40, FlatShare = .1 };

        Assert.Equal(1, schedule.Factor(39));
        Assert.Equal(1, schedule.Factor(40));
        Assert.True(schedule.Factor(41) < 1);
    }

    [Fact]
    public void Factor_WholeRunFlat_StaysOne()
    {
        LearningRateSchedule schedule = new() { Steps = 10, FlatShare = 1 };

        Assert.All(Enumerable.Range(0, 10), step => Assert.Equal(1, schedule.Factor(step)));
    }
}
