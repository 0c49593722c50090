using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Ibke.Runtime.Training.Editors;

/// <summary>
/// The directions that keys of recall begin with: those in which inputs differ most from edit to edit, each scaled down by how much they differ along it
/// (principal components, nearly whitened). What all edits have in common counts little then.
/// </summary>
internal static class MetricStart
{
    private const int AtOnce = 32;

    /// <summary>A part of the largest variance that is added to each, so that directions without any do not become large.</summary>
    private const double Damping = 0.05;

    /// <summary>Measures the inputs at the rows that get neurons.</summary>
    /// <param name="model">The model.</param>
    /// <param name="firstLayer">The first layer that is edited.</param>
    /// <param name="statistics">By which the inputs are normalised.</param>
    /// <param name="texts">Edits that are typical.</param>
    /// <param name="keySize">The number of directions; those beyond the number of different inputs are zero.</param>
    /// <returns>[layers · key size, hidden size].</returns>
    public static float[] Measure(
        LanguageModel model, int firstLayer, EditorStatistics statistics, IReadOnlyList<EditText> texts, int keySize)
    {
        (int layers, int hidden) = (model.Config.Layers - firstLayer, model.Config.HiddenSize);
        List<float>[] rows = [.. Enumerable.Range(0, layers).Select(_ => new List<float>())];
        foreach (EditText[] some in texts.Chunk(AtOnce))
        {
            GradientFactors factors = GradientPass.Run(model, WeightVersion.Base, some, firstLayer, stopIfGreedy: false).Factors!;
            float[] inputs = statistics.NormalizeInputs(factors.Inputs);
            for (int layer = 0; layer < layers; layer++)
            {
                rows[layer].AddRange(inputs.AsSpan(layer * factors.Rows * hidden, factors.Rows * hidden));
            }
        }

        return [.. rows.SelectMany(layer => Directions(
            Matrix<double>.Build.Dense(layer.Count / hidden, hidden, (row, column) => layer[(row * hidden) + column]), keySize))];
    }

    // Of the smaller of XᵀX / n and XXᵀ / n, which have the same variances: of the second, v is a direction's share in each row.
    private static IEnumerable<float> Directions(Matrix<double> inputs, int keySize)
    {
        (int count, int hidden) = (inputs.RowCount, inputs.ColumnCount);
        bool few = count < hidden;
        Matrix<double> product = (few ? inputs.TransposeAndMultiply(inputs) : inputs.TransposeThisAndMultiply(inputs)) / count;
        Evd<double> parts = product.Evd(Symmetricity.Symmetric); // ascending
        double largest = parts.EigenValues[^1].Real;
        for (int i = 0; i < keySize; i++)
        {
            int at = product.RowCount - 1 - i;
            double variance = at < 0 ? 0 : parts.EigenValues[at].Real;
            if (variance <= largest * 1e-9)
            {
                for (int column = 0; column < hidden; column++)
                {
                    yield return 0;
                }

                continue;
            }

            Vector<double> direction = parts.EigenVectors.Column(at);
            if (few)
            {
                direction = inputs.TransposeThisAndMultiply(direction) / Math.Sqrt(variance * count);
            }

            foreach (double value in direction / Math.Sqrt(variance + (Damping * largest)))
            {
                yield return (float)value;
            }
        }
    }
}
