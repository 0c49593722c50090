using Ibke.Runtime.Knowledge.Service;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ibke.Runtime.Hosting;

/// <summary>Loads in the background, looks after the edits in force, and stops without cutting replies off.</summary>
internal sealed class IbkeHostedService(
    IbkeRuntime runtime, HostedChatClient chat, IOptions<IbkeOptions> options, ILogger<IbkeRuntime> logger) : BackgroundService
{
    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        HostingLog.Stopping(logger, chat.Running);
        int cancelled = await chat.StopAsync(options.Value.DrainTime, cancellationToken).ConfigureAwait(false);
        if (cancelled > 0)
        {
            HostingLog.Cancelled(logger, cancelled, options.Value.DrainTime);
        }

        await base.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await runtime.LoadAsync(stoppingToken).ConfigureAwait(false);
        if (runtime.IsReady)
        {
            KnowledgeService knowledge = await runtime.KnowledgeAsync(stoppingToken).ConfigureAwait(false);
            await knowledge.RunAsync(stoppingToken).ConfigureAwait(false);
        }
    }
}
