using Ibke.Runtime.Models;
using MathNet.Numerics.LinearAlgebra;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>
/// The course of MEMIT and of what is built on it: the wanted residual stream z at the subjects' last tokens is found behind the last of some
/// layers; then each of them, from the first on, takes an equal share of what is still missing, for all edits at once.
/// </summary>
internal abstract class SpreadMethod(EditedModel model, IReadOnlyList<int> layers, TargetSettings targets) : WeightMethod(model)
{
    private readonly TargetValues _targets = new(model, targets);

    /// <inheritdoc/>
    protected override IReadOnlyList<MatrixDelta> Compute(IReadOnlyList<EditRequest> requests, CancellationToken cancellationToken)
    {
        int last = layers[^1];
        float[][] steps = _targets.Find(WeightVersion.Base, requests, last, cancellationToken);
        IReadOnlyList<EditText>[] texts = [.. requests.Select(_targets.Texts)];
        Matrix<double>? wanted = null; // z [hidden, edits]
        List<MatrixDelta> deltas = [];
        for (int i = 0; i < layers.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            WeightVersion version = deltas.Count == 0 ? WeightVersion.Base : new WeightVersion(0, [new WeightEdit(deltas)]);
            (float[][] keys, float[][] streams) = Model.FactStates(version, [.. texts.SelectMany(list => list)], targets.Token, layers[i], last);
            Matrix<double> current = Columns(First(streams, texts)); // h [hidden, edits]
            wanted ??= current + Columns(steps);
            (Matrix<double> left, Matrix<double> right) = Solve(layers[i], Columns(Means(keys, texts)), (wanted - current) / (layers.Count - i));
            deltas.Add(Delta(layers[i], left, right));
        }

        return deltas;
    }

    /// <summary>The change of a layer's matrix by its factors.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="keys">K [in, edits].</param>
    /// <param name="residuals">R [out, edits]: what the layer shall give in addition.</param>
    protected abstract (Matrix<double> Left, Matrix<double> Right) Solve(int layer, Matrix<double> keys, Matrix<double> residuals);

    // The first text of each edit, which has no context before it.
    private static float[][] First(float[][] rows, IReadOnlyList<EditText>[] texts)
    {
        int next = 0;
        return [.. texts.Select(list => rows[(next += list.Count) - list.Count])];
    }

    private static float[][] Means(float[][] rows, IReadOnlyList<EditText>[] texts)
    {
        int next = 0;
        return [.. texts.Select(list =>
        {
            float[] mean = new float[rows[0].Length];
            foreach (float[] row in rows.AsSpan(next, list.Count))
            {
                for (int i = 0; i < mean.Length; i++)
                {
                    mean[i] += row[i] / list.Count;
                }
            }

            next += list.Count;
            return mean;
        })];
    }
}
