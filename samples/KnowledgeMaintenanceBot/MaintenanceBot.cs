using Ibke.Runtime.Hosting;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Samples.KnowledgeMaintenanceBot.Boards;
using Ibke.Samples.KnowledgeMaintenanceBot.Passes;
using Ibke.Samples.KnowledgeMaintenanceBot.Sources;
using Microsoft.Extensions.Hosting;

namespace Ibke.Samples.KnowledgeMaintenanceBot;

/// <summary>Watches the sources, and keeps the model saying what they say. Nothing that goes wrong with a source, a fact or the journal ends it.</summary>
internal sealed class MaintenanceBot(
    IbkeRuntime runtime, IReadOnlyList<WatchedSource> sources, FactKeys keys, Board board, BotOptions options, TimeProvider clock, IHostApplicationLifetime lifetime)
    : BackgroundService
{
    private const int TriesInOnePass = 3;

    private static readonly TimeSpan _step = TimeSpan.FromSeconds(0.3);

    // An edit may change what it should not; what nobody changed is looked at again now and then.
    private static readonly TimeSpan _everything = TimeSpan.FromMinutes(15);

    private readonly WorkList _work = new(keys, clock, options.Mode == BotMode.Once ? TriesInOnePass : int.MaxValue);

    /// <summary>Of a single pass 0 where the model says what the sources say, else 1, and <see cref="BotRun.Stopped"/> before it is over; of others 0. After an error that nobody expects <see cref="BotRun.Usage"/>.</summary>
    public int ExitCode { get; private set; } = options.Mode == BotMode.Once ? BotRun.Stopped : 0;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            board.Update(state => state with { Sources = [.. sources.Select(source => source.State)] });
            KnowledgeService knowledge = await runtime.KnowledgeAsync(stoppingToken).ConfigureAwait(false);
            board.Tell("ready", $"model {knowledge.Editor.Model.Id}, {knowledge.Editor.Model.Engine.Description}; edits in force: {knowledge.State.Edits.Count}");
            SourceWatch watch = new(sources, board, _work);
            PassRunner passes = new(knowledge, sources, keys, board, _work, options.Report is { } file ? new ReportFile(file) : null, clock);
            // All are asked before anything is edited: one that is slow may say otherwise.
            await watch.ReadAsync(stoppingToken).ConfigureAwait(false);
            await (options.Mode == BotMode.Once ? RunOnceAsync(passes, stoppingToken) : RunOnAsync(watch, passes, stoppingToken)).ConfigureAwait(false);
        }
        catch (Exception) when (runtime.Ready.IsFaulted)
        {
            // The host stops by itself, and whoever runs it says why.
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            board.Tell("end", "stopped; what is done stays done");
        }
        catch (Exception error)
        {
            // Nothing of this kind is expected; it must be seen, and a bot that does nothing must not seem to watch.
            ExitCode = BotRun.Usage;
            board.Tell("error", error.ToString(), isProblem: true);
            lifetime.StopApplication();
        }
    }

    private async Task RunOnceAsync(PassRunner passes, CancellationToken cancellationToken)
    {
        PassReport report = await passes.RunAsync(wait: true, cancellationToken).ConfigureAwait(false);
        ExitCode = report.IsClean ? 0 : 1;
        lifetime.StopApplication();
    }

    private async Task RunOnAsync(SourceWatch watch, PassRunner passes, CancellationToken cancellationToken)
    {
        Task watching = watch.WatchAsync(cancellationToken);
        long looked = clock.GetTimestamp();
        while (!watching.IsCompleted)
        {
            if (clock.GetElapsedTime(looked) >= _everything)
            {
                looked = clock.GetTimestamp();
                _work.Add(sources.SelectMany(source => source.Facts).Select(fact => fact.Question), changed: false);
            }

            await passes.FollowAsync(cancellationToken).ConfigureAwait(false);
            if (_work.IsDue)
            {
                await passes.RunAsync(wait: false, cancellationToken).ConfigureAwait(false);
            }

            await _work.WaitAsync(_step, cancellationToken).ConfigureAwait(false);
        }

        await watching.ConfigureAwait(false);
    }
}
