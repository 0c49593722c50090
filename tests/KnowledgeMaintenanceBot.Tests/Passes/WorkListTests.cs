using Ibke.Runtime.Editing;
using Ibke.Samples.KnowledgeMaintenanceBot.Passes;
using Ibke.Samples.KnowledgeMaintenanceBot.Sources;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Tests.Passes;

/// <summary>The order in which facts are looked at, and when again.</summary>
public sealed class WorkListTests
{
    private readonly SteppedClock _clock = new();

    [Fact]
    public void Take_ChangedFacts_ComeBeforeTheOthersAndOnce()
    {
        WorkList work = New();
        work.Add(["a", "b", "c"], changed: false);
        work.Add(["c", "d", "C?"], changed: true);

        Assert.Equal(["c", "d", "a"], work.Take(3));
        Assert.Equal(["b"], work.Take(3));
        Assert.Empty(work.Take(3));
        Assert.False(work.IsDue);
    }

    [Fact]
    public void TryAgain_AgainAndAgain_WaitsDoubleUntilItWasTriedOftenEnough()
    {
        WorkList work = New();
        foreach (int seconds in new[] { 2, 4, 8 })
        {
            work.TryAgain("a");
            _clock.Step(TimeSpan.FromSeconds(seconds - 0.1));
            Assert.False(work.IsDue);
            _clock.Step(TimeSpan.FromSeconds(0.1));
            Assert.Equal(["a"], work.Take(1));
        }

        work.TryAgain("a");
        Assert.False(work.HasLater);
        work.Add(["a"], changed: true);
        work.Take(1);
        work.TryAgain("a");
        Assert.True(work.HasLater);
    }

    [Fact]
    public void Add_FactThatWaits_IsLookedAtAtOnceAndNotAgain()
    {
        WorkList work = New();
        work.AddLater("a", TimeSpan.FromSeconds(5));
        work.Add(["a"], changed: true);

        Assert.Equal(["a"], work.Take(5));
        _clock.Step(TimeSpan.FromSeconds(6));
        Assert.Empty(work.Take(5));
    }

    private WorkList New() => new(new FactKeys(ModelCard.Empty), _clock, mostTries: 3);

    private sealed class SteppedClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 10, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Step(TimeSpan time) => _now += time;
    }
}
