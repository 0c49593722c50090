using System.Diagnostics;
using Spectre.Console;

namespace Ibke.Cli.Terminals;

/// <summary>Shows on a terminal how far long work has come, how fast it goes and what is left; silent elsewhere.</summary>
internal static class ProgressDisplay
{
    /// <summary>Runs work that reports each finished item.</summary>
    /// <param name="terminal">Where to show it.</param>
    /// <param name="title">What is done.</param>
    /// <param name="total">The number of items, or null while it is not known.</param>
    /// <param name="work">Calls its argument with the number of items finished so far and an optional note.</param>
    public static async Task<T> RunAsync<T>(Terminal terminal, string title, int? total, Func<Action<int, string?>, Task<T>> work)
    {
        if (!terminal.ErrorIsTerminal)
        {
            return await work((_, _) => { });
        }

        return await terminal.Status.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: total ?? 1);
                task.IsIndeterminate = total is null;
                Stopwatch watch = Stopwatch.StartNew();
                return await work((done, note) =>
                {
                    double rate = done / Math.Max(watch.Elapsed.TotalSeconds, 1e-3);
                    task.Description = Markup.Escape(note is null ? $"{title}: {done}, {rate:0.0}/s" : $"{title}: {note}");
                    task.Value = total is null ? 0 : done;
                });
            });
    }
}
