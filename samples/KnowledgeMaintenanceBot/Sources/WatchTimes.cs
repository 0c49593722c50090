namespace Ibke.Samples.KnowledgeMaintenanceBot.Sources;

/// <summary>How often a source is looked at.</summary>
/// <param name="Every">While it can be read.</param>
/// <param name="Longest">The longest wait after failures; the waits double up to it.</param>
internal sealed record WatchTimes(TimeSpan Every, TimeSpan Longest)
{
    /// <summary>The wait after so many failures in a row.</summary>
    public TimeSpan After(int failures) => failures == 0 ? Every
        : TimeSpan.FromTicks(Math.Min(Longest.Ticks, Every.Ticks << Math.Min(failures - 1, 20)));
}
