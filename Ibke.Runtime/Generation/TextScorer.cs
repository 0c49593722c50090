using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Generation;

/// <summary>Measures what a model thinks of given tokens, without generating any.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class TextScorer
{
    // Rows that go through the output matrix at once: logits are large, [rows, vocabulary].
    private const int RowsAtOnce = 128;

    private readonly LanguageModel _model;

    /// <summary>Makes a scorer of a model, which stays the caller's.</summary>
    public TextScorer(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
    }

    /// <summary>The logits of the token after these. [vocabulary].</summary>
    /// <param name="ids">At least one token.</param>
    /// <param name="version">Null for the published one.</param>
    public float[] NextLogits(IReadOnlyList<int> ids, WeightVersion? version = null)
    {
        Operations ops = _model.Engine.Operations;
        using Tensor hidden = Forward(ids, version ?? _model.Versions.Current); // [ids, hidden]
        using Tensor last = ops.Rows(hidden, [ids.Count - 1]); // [1, hidden]
        using Tensor logits = _model.Transformer.Logits(ops, last);
        return logits.ToArray();
    }

    /// <summary>The mean of −log p(token | tokens before it) over the tokens from <paramref name="first"/> on.</summary>
    /// <param name="ids">At least two tokens.</param>
    /// <param name="first">From 1; where an answer begins, for instance.</param>
    /// <param name="version">Null for the published one.</param>
    public double MeanLoss(IReadOnlyList<int> ids, int first = 1, WeightVersion? version = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(first, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(first, ids.Count);
        Operations ops = _model.Engine.Operations;
        using Tensor hidden = Forward(ids, version ?? _model.Versions.Current); // [ids, hidden]
        return Average(first - 1, ids.Count - 1, rows =>
        {
            using Tensor logits = Logits(ops, hidden, rows); // [rows, vocabulary]
            using Tensor loss = ops.CrossEntropy(logits, [.. rows.Select(row => ids[row + 1])]);
            return loss.ToScalar();
        });
    }

    /// <summary>The mean over all positions of KL(p(next token) ‖ q(next token)), in nats: how far one version has drifted from another.</summary>
    /// <param name="ids">At least one token.</param>
    /// <param name="p">The version whose view counts.</param>
    /// <param name="q">The version it is compared with.</param>
    public double KlDivergence(IReadOnlyList<int> ids, WeightVersion p, WeightVersion q)
    {
        Operations ops = _model.Engine.Operations;
        using Tensor pHidden = Forward(ids, p); // [ids, hidden]
        using Tensor qHidden = Forward(ids, q);
        return Average(0, ids.Count, rows =>
        {
            using Tensor pLogits = Logits(ops, pHidden, rows); // [rows, vocabulary]
            using Tensor qLogits = Logits(ops, qHidden, rows);
            using Tensor divergence = ops.KlDivergence(pLogits, qLogits);
            return divergence.ToScalar();
        });
    }

    private static double Average(int from, int to, Func<int[], float> meanOfRows)
    {
        double sum = 0;
        for (int start = from; start < to; start += RowsAtOnce)
        {
            int[] rows = [.. Enumerable.Range(start, Math.Min(RowsAtOnce, to - start))];
            sum += (double)meanOfRows(rows) * rows.Length;
        }

        return sum / (to - from);
    }

    private Tensor Forward(IReadOnlyList<int> ids, WeightVersion version)
    {
        if (ids.Count > _model.Config.ContextLength)
        {
            throw new ArgumentException($"The text has {ids.Count} tokens, but the context holds {_model.Config.ContextLength}.", nameof(ids));
        }

        return _model.Transformer.Forward(_model.Engine.Operations, version, ids, [new SequenceRows(ids.Count)]);
    }

    private Tensor Logits(Operations ops, Tensor hidden, int[] rows)
    {
        using Tensor selected = ops.Rows(hidden, rows); // [rows, hidden]
        return _model.Transformer.Logits(ops, selected);
    }
}
