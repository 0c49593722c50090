namespace Ibke.Runtime.Knowledge.Sweeps;

/// <summary>What a sweep found.</summary>
/// <param name="Facts">The number of facts that were looked at.</param>
/// <param name="Found">Those with something about them, in the order of the sources.</param>
public sealed record SweepReport(int Facts, IReadOnlyList<SweptFact> Found)
{
    /// <summary>The number of facts of a kind.</summary>
    public int Count(SweptStatus status) => Found.Count(fact => fact.Status == status);
}

/// <summary>How far a sweep is.</summary>
/// <param name="Done">Facts looked at.</param>
/// <param name="Facts">All facts.</param>
/// <param name="Stale">Stale ones so far.</param>
/// <param name="PerSecond">Facts a second, of this run.</param>
/// <param name="Left">The time left, if it goes on like this.</param>
public sealed record SweepProgress(int Done, int Facts, int Stale, double PerSecond, TimeSpan Left);
