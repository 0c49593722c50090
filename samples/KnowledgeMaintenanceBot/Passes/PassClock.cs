using Ibke.Samples.KnowledgeMaintenanceBot.Boards;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Passes;

/// <summary>Measures a pass.</summary>
internal sealed class PassClock(int number, TimeProvider clock)
{
    private readonly long _start = clock.GetTimestamp();

    /// <summary>When it began.</summary>
    public DateTimeOffset Started { get; } = clock.GetUtcNow();

    /// <summary>Its number, from 1.</summary>
    public int Number => number;

    /// <summary>The time since.</summary>
    public TimeSpan Elapsed => clock.GetElapsedTime(_start);

    /// <summary>How far it is.</summary>
    public PassProgress Progress(int done, int left, bool isOver)
    {
        double rate = done / Math.Max(Elapsed.TotalSeconds, 1e-3);
        return new PassProgress(number, done, done + left, rate, done == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(left / rate), isOver);
    }
}
