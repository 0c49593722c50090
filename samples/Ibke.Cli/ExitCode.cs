namespace Ibke.Cli;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    /// <summary>Everything held.</summary>
    public const int Success = 0;

    /// <summary>The work was done, but something did not hold: a stale fact, a rejected edit, a line that could not be read.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage or bad input: nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>Ended by Ctrl-C.</summary>
    public const int Cancelled = 130;
}
