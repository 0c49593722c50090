using Ibke.Samples.KnowledgeMaintenanceBot.Boards;
using Microsoft.Extensions.Hosting;
using Spectre.Console;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Views;

/// <summary>Shows the board, and draws it anew as it changes.</summary>
internal sealed class LiveView(Board board, IAnsiConsole console, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(0.2);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => console
        .Live(Draw())
        .Overflow(VerticalOverflow.Ellipsis)
        .StartAsync(async live =>
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                live.UpdateTarget(Draw());
                await Task.Delay(_step, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            // The bot has ended before; this is its last word.
            live.UpdateTarget(Draw());
        });

    private Spectre.Console.Rendering.IRenderable Draw() => Screen.Draw(board.State, clock.GetUtcNow());
}
