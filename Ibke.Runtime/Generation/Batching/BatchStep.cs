using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Generation.Batching;

/// <summary>Computes rows of several generations in one pass of the model, so that its weights are read once for all of them.</summary>
internal static class BatchStep
{
    /// <summary>Computes rows, and the scores after those whose tokens are then all computed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parts">Generations of one weight version, and how many of their next tokens to compute.</param>
    /// <returns>The likeliest next token of each part; -1 where tokens are left, or scores were wanted and are written.</returns>
    public static int[] Run(LanguageModel model, IReadOnlyList<(BatchMember Member, int Count)> parts)
    {
        Operations ops = model.Engine.Operations;
        List<int> ids = parts.Count == 1 ? parts[0].Member.Next(parts[0].Count) : [.. parts.SelectMany(part => part.Member.Next(part.Count))];
        SequenceRows[] sequences = [.. parts.Select(part => new SequenceRows(part.Count, part.Member.Cache))];
        using Tensor hidden = model.Transformer.Forward(ops, parts[0].Member.Version, ids, sequences); // [rows, hidden]
        int[] next = [.. Enumerable.Repeat(-1, parts.Count)];
        List<int> finished = [], lastRows = [];
        int end = 0;
        for (int i = 0; i < parts.Count; i++)
        {
            end += parts[i].Count;
            if (parts[i].Member.Remaining == 0)
            {
                finished.Add(i);
                lastRows.Add(end - 1);
            }
        }

        if (finished.Count > 0)
        {
            Score(model, ops, hidden, parts, finished, lastRows, next);
        }

        return next;
    }

    private static void Score(
        LanguageModel model, Operations ops, Tensor hidden, IReadOnlyList<(BatchMember Member, int Count)> parts, List<int> finished, List<int> lastRows, int[] next)
    {
        using Tensor? last = lastRows.Count == hidden.Shape.Rows ? null : ops.Rows(hidden, lastRows); // [finished, hidden]
        using Tensor logits = model.Transformer.Logits(ops, last ?? hidden); // [finished, vocabulary]
        if (finished.Any(i => parts[i].Member.Logits.Length == 0))
        {
            int usable = model.UsableVocabulary;
            using Tensor? known = usable == model.Config.VocabularySize ? null : ops.Columns(logits, 0, usable);
            int[] likeliest = ops.ArgMax(known ?? logits);
            for (int row = 0; row < finished.Count; row++)
            {
                next[finished[row]] = likeliest[row];
            }
        }

        for (int row = 0; row < finished.Count; row++)
        {
            if (parts[finished[row]].Member.Logits is { Length: > 0 } scores)
            {
                using Tensor? own = finished.Count == 1 ? null : ops.Rows(logits, [row]); // [1, vocabulary]
                (own ?? logits).CopyTo(scores);
            }
        }
    }
}
