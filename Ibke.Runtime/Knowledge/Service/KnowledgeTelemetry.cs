using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Ibke.Runtime.Knowledge.Service;

/// <summary>Spans and metrics of one service. No text of a fact is in them.</summary>
public sealed class KnowledgeTelemetry : IDisposable
{
    /// <summary>The name of the source of spans and of the meter.</summary>
    public const string SourceName = "Ibke.Runtime.Knowledge";

    private static readonly ActivitySource _source = new(SourceName);

    private readonly Meter _meter = new(SourceName);
    private readonly Counter<long> _edits;
    private readonly Histogram<double> _seconds;
    private readonly Histogram<double> _drift;

    internal KnowledgeTelemetry(Func<KnowledgeState> state, Func<long> head)
    {
        _edits = _meter.CreateCounter<long>("ibke.edits", "{edit}", "Proposals, approvals and reverts by what became of them.");
        _seconds = _meter.CreateHistogram<double>("ibke.edit.duration", "s", "The time from a request to its outcome.");
        _drift = _meter.CreateHistogram<double>("ibke.edit.drift", "nats", "How far an edit that was made moved the model on ordinary text, a token.");
        _meter.CreateObservableGauge("ibke.edits.in_force", () => state().Suspended ? 0 : state().Edits.Count, "{edit}", "Edits that were published and not taken back.");
        _meter.CreateObservableGauge("ibke.proposals.waiting", () => state().Pending.Count, "{proposal}", "Proposals that wait for approval.");
        _meter.CreateObservableGauge("ibke.version.lag", () => Math.Max(0, head() - state().Head.Sequence), "{entry}", "Entries of the journal that are not in force here yet.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>Measures an operation.</summary>
    internal async Task<ProposalResult> MeasureAsync(string operation, Func<Task<ProposalResult>> run)
    {
        using Activity? activity = _source.StartActivity($"ibke {operation}");
        long start = Stopwatch.GetTimestamp();
        string outcome = "failed", rule = "";
        try
        {
            ProposalResult result = await run().ConfigureAwait(false);
            (outcome, rule) = (result.Status.ToString().ToLowerInvariant(), result.Rule);
            if (result is { Status: ProposalStatus.Applied, Edit: { } edit })
            {
                _drift.Record(Math.Max(0, edit.Drift));
            }

            activity?.SetTag("ibke.edit.id", result.Id).SetTag("ibke.edit.rule", rule);
            return result;
        }
        catch (Exception error)
        {
            activity?.SetStatus(ActivityStatusCode.Error, error.GetType().Name).SetTag("error.type", error.GetType().FullName);
            throw;
        }
        finally
        {
            TagList tags = new() { { "ibke.operation", operation }, { "ibke.outcome", outcome } };
            _edits.Add(1, tags);
            _seconds.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, tags);
            activity?.SetTag("ibke.outcome", outcome);
        }
    }
}
