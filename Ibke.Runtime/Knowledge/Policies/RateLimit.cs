namespace Ibke.Runtime.Knowledge.Policies;

/// <summary>At most so many proposals in a time, over all processes that share a journal.</summary>
/// <param name="Count">1 or more.</param>
/// <param name="Period">Positive, at most <see cref="LongestPeriod"/>.</param>
public sealed record RateLimit(int Count, TimeSpan Period)
{
    /// <summary>The longest period.</summary>
    public static TimeSpan LongestPeriod { get; } = TimeSpan.FromHours(1);
}
