using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Service;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Ibke.Runtime.Hosting;

/// <summary>Whether loading has not failed: a process that is not live is to be started again.</summary>
internal sealed class LiveHealthCheck(IbkeRuntime runtime) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        runtime.Ready.IsFaulted
            ? HealthCheckResult.Unhealthy("The model cannot be served.", runtime.Ready.Exception!.InnerException)
            : HealthCheckResult.Healthy(runtime.IsReady ? "Serving." : "Loading."));
}

/// <summary>Whether everything is loaded: before, no request should be sent here.</summary>
internal sealed class ReadyHealthCheck(IbkeRuntime runtime) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        runtime.IsReady ? HealthCheckResult.Healthy("Serving.")
        : runtime.Ready.IsFaulted ? HealthCheckResult.Unhealthy("The model cannot be served.", runtime.Ready.Exception!.InnerException)
        : HealthCheckResult.Unhealthy("Loading."));
}

/// <summary>Whether the journal can be reached, and how far this process is behind it.</summary>
internal sealed class JournalHealthCheck(IbkeRuntime runtime) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!runtime.IsReady)
        {
            return HealthCheckResult.Unhealthy("Not loaded.");
        }

        KnowledgeService knowledge = await runtime.KnowledgeAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            JournalHead head = await knowledge.Journal.HeadAsync(cancellationToken).ConfigureAwait(false);
            KnowledgeState state = knowledge.State;
            Dictionary<string, object> data = new()
            {
                ["journal"] = knowledge.Journal.Name, ["entries"] = head.Sequence, ["lag"] = head.Sequence - state.Head.Sequence, ["edits"] = state.Edits.Count, ["suspended"] = state.Suspended,
            };
            return state.Suspended ? HealthCheckResult.Degraded("Edits are suspended.", data: data) : HealthCheckResult.Healthy("Written and read.", data);
        }
        catch (JournalException error)
        {
            // What is in force stays served; nothing can be changed.
            return HealthCheckResult.Degraded("The journal cannot be reached.", error);
        }
    }
}

/// <summary>Whether the model answers: one short question.</summary>
internal sealed class ModelHealthCheck(IbkeRuntime runtime) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!runtime.IsReady)
        {
            return HealthCheckResult.Unhealthy("Not loaded.");
        }

        KnowledgeService knowledge = await runtime.KnowledgeAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            VerifyResult answer = await knowledge.VerifyAsync("Hello", cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy("Answers.", new Dictionary<string, object> { ["weight_version"] = answer.WeightVersion });
        }
        catch (Exception error) when (error is ArithmeticException or InvalidOperationException or ArgumentException)
        {
            return HealthCheckResult.Unhealthy("The model does not answer.", error);
        }
    }
}
