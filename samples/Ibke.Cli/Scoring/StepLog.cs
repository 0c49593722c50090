using System.Diagnostics;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Scoring;

namespace Ibke.Cli.Scoring;

/// <summary>Where there is no terminal to draw on, says now and then where a run stands, for the log of a long one.</summary>
internal sealed class StepLog(Terminal terminal)
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(20);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _said = TimeSpan.Zero;

    /// <summary>Is told every step.</summary>
    public void Tell(ScoreProgress progress)
    {
        if (terminal.ErrorIsTerminal || _watch.Elapsed - _said < _interval)
        {
            return;
        }

        _said = _watch.Elapsed;
        terminal.Error.WriteLine($"{_said:hh\\:mm\\:ss} {progress.Done} of {progress.Total} groups; {progress.Step}");
    }
}
