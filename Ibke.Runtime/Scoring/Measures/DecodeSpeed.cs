using System.Diagnostics;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring.Replies;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Scoring.Measures;

/// <summary>Tokens a second that a single reply is written with.</summary>
/// <param name="Unedited">Of the unedited model.</param>
/// <param name="Edited">With edits in force.</param>
internal readonly record struct DecodeRate(double Unedited, double Edited);

/// <summary>Measures how fast an edited model decodes, in turns with the unedited one, so that both meet the same machine.</summary>
internal static class DecodeSpeed
{
    private const int PromptTokens = 16, Tokens = 48, Rounds = 8;

    /// <summary>Measures; of all rounds the fastest counts, for what else the machine does only makes a round slower.</summary>
    public static DecodeRate Measure(LanguageModel model, WeightVersion version, CancellationToken cancellationToken)
    {
        Seconds(model, version);
        double unedited = double.PositiveInfinity, edited = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            unedited = Math.Min(unedited, Seconds(model, WeightVersion.Base));
            edited = Math.Min(edited, Seconds(model, version));
        }

        return new DecodeRate(Tokens / unedited, Tokens / edited);
    }

    // The tokens are decided beforehand, so that both models do the same work and none ends early.
    private static double Seconds(LanguageModel model, WeightVersion version)
    {
        Operations ops = model.Engine.Operations;
        int usable = model.UsableVocabulary;
        int[] ids = [.. Enumerable.Range(0, PromptTokens + Tokens).Select(i => (int)(i * 7919L % usable))];
        using KeyValueCache cache = model.Transformer.CreateCache();
        long start = 0;
        for (int at = 0, count = PromptTokens; at < ids.Length; at += count, count = 1)
        {
            start = at == PromptTokens ? Stopwatch.GetTimestamp() : start;
            using Tensor hidden = model.Transformer.Forward(ops, version, ids[at..(at + count)], [new SequenceRows(count, cache)]);
            using Tensor logits = model.Transformer.Logits(ops, hidden);
            NextTokens.Likeliest(model, logits);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
