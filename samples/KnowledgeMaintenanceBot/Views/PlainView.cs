using Ibke.Samples.KnowledgeMaintenanceBot.Boards;
using Microsoft.Extensions.Hosting;
using Spectre.Console;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Views;

/// <summary>Writes a line for every event; what somebody should look at begins with an exclamation mark.</summary>
internal sealed class PlainView(Board board, IAnsiConsole console) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        TextWriter output = console.Profile.Out.Writer;
        board.Listen(happened =>
        {
            output.WriteLine($"{happened.Time:HH:mm:ss} {(happened.IsProblem ? '!' : ' ')} {happened.Topic,-8} {happened.Text}");
            output.Flush();
        });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
