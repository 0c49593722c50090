using Ibke.Runtime.Training.Batches;

namespace Ibke.Runtime.Training.LanguageModels;

/// <summary>Sums up steps between two reports.</summary>
/// <param name="sources">The names of the sources; copying rows follow them.</param>
internal sealed class TrainingMeter(IReadOnlyList<string> sources)
{
    private MeterSums _sums = MeterSums.Empty(sources.Count);

    /// <summary>What was summed up since the last report.</summary>
    public MeterSums Sums => _sums;

    /// <summary>Goes on from earlier sums.</summary>
    public void Restore(MeterSums sums) => _sums = sums;

    /// <summary>Adds a step.</summary>
    public void Add(PreparedStep step, StepResult result, double seconds)
    {
        long[] replies = [.. _sums.Replies];
        long[] right = [.. _sums.RightReplies];
        (double copyingLoss, long copied, long tokens) = (_sums.CopyingLoss, _sums.CopiedTokens, _sums.Tokens);
        foreach ((TrainingBatch batch, BatchResult found) in step.Batches.Zip(result.Batches))
        {
            tokens += batch.Inputs.Length;
            bool[] wrong = new bool[batch.ReplySources.Length];
            for (int i = 0; i < batch.Targets.Length; i++)
            {
                int reply = batch.Replies[i];
                if (reply >= 0)
                {
                    wrong[reply] |= found.Predicted[i] != batch.Targets[i];
                    bool isCopied = batch.ReplySources[reply] == sources.Count;
                    copied += isCopied ? 1 : 0;
                    copyingLoss += isCopied ? found.TokenLosses[i] : 0;
                }
            }

            for (int reply = 0; reply < wrong.Length; reply++)
            {
                replies[batch.ReplySources[reply]]++;
                right[batch.ReplySources[reply]] += wrong[reply] ? 0 : 1;
            }
        }

        _sums = new MeterSums(
            _sums.Steps + 1, _sums.Loss + result.Loss, _sums.GradientNorm + result.GradientNorm, replies, right, copyingLoss, copied, tokens, _sums.Seconds + seconds);
    }

    /// <summary>Reports on the steps since the last report, and begins anew.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="steps">Steps to do.</param>
    /// <param name="rateFactor">Of the last step.</param>
    /// <param name="elapsed">Time of all steps.</param>
    public TrainingProgress Report(int step, int steps, double rateFactor, TimeSpan elapsed)
    {
        MeterSums sums = _sums;
        _sums = MeterSums.Empty(sources.Count);
        return new TrainingProgress(
            step,
            steps,
            sums.Loss / sums.Steps,
            sums.GradientNorm / sums.Steps,
            sources.Select((name, i) => (name, i)).Where(source => sums.Replies[source.i] > 0)
                .ToDictionary(source => source.name, source => sums.RightReplies[source.i] / (double)sums.Replies[source.i], StringComparer.Ordinal),
            sums.CopiedTokens == 0 ? null : sums.CopyingLoss / sums.CopiedTokens,
            rateFactor,
            sums.Tokens / Math.Max(sums.Seconds, 1e-9),
            elapsed,
            TimeSpan.FromSeconds(sums.Seconds / sums.Steps * (steps - step)));
    }
}

/// <summary>Sums over steps; those of replies by source, copying rows last.</summary>
internal sealed record MeterSums(
    int Steps, double Loss, double GradientNorm, IReadOnlyList<long> Replies, IReadOnlyList<long> RightReplies, double CopyingLoss, long CopiedTokens, long Tokens,
    double Seconds)
{
    /// <summary>Zeros.</summary>
    public static MeterSums Empty(int sources) => new(0, 0, 0, new long[sources + 1], new long[sources + 1], 0, 0, 0, 0);
}
