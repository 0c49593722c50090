using Ibke.Runtime.Models;
using MathNet.Numerics.LinearAlgebra;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>Settings of UltraEdit.</summary>
internal sealed record UltraEditSettings
{
    /// <summary>The layers whose last MLP matrices change, from 0.</summary>
    public required IReadOnlyList<int> Layers { get; init; }

    /// <summary>η, the length of a step, in root mean squares of the MLP's output.</summary>
    public double Rate { get; init; } = 0.2;

    /// <summary>Whether only the tokens that predict the answer are used, rather than all from the subject on.</summary>
    public bool AnswersOnly { get; init; }
}

/// <summary>
/// UltraEdit: training-free, without a subject, without covariance. What enters a matrix (h) and the gradient at its output (∇) are normalised
/// by their mean and deviation over all tokens of the edits in force; each token then wants v = −η ‖h̃‖² ∇̃, and the matrix takes the least
/// squares solution ΔWᵀ = (HᵀH + I)⁻¹ Hᵀ V.
/// </summary>
/// <remarks>
/// X. Gu et al., UltraEdit: Training-, Subject-, and Memory-Free Lifelong Editing in Language Models, arXiv 2505.14679, equations 5–8. η is given
/// in units of the model, ‖h̃‖² as a mean over its values.
/// </remarks>
internal sealed class UltraEditMethod(EditedModel model, UltraEditSettings settings) : WeightMethod(model)
{
    private const double Smallest = 1e-8;

    /// <inheritdoc/>
    public override string Name => "ultraedit";

    /// <inheritdoc/>
    protected override IReadOnlyList<MatrixDelta> Compute(IReadOnlyList<EditRequest> requests, CancellationToken cancellationToken)
    {
        MatrixFactors[] factors = [.. EditBatch.Split(requests.Select(Model.Texts.Create)).Select(batch =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return MatrixFactors.Read(Model, settings.Layers, batch, settings.AnswersOnly ? batch.AnswerRows : batch.NeuronRows);
        })];
        return [.. settings.Layers.Select((layer, i) =>
        {
            Matrix<double> hidden = Rows([.. factors.SelectMany(part => part.Inputs[i])], Model.OutputShape(layer)[1]);
            Matrix<double> gradient = Rows([.. factors.SelectMany(part => part.Gradients[i])], Model.OutputShape(layer)[0]);
            (Matrix<double> left, Matrix<double> right) = Solve(hidden, Values(hidden, gradient, settings.Rate * factors.Average(part => part.OutputScales[i])));
            return Delta(layer, left, right);
        })];
    }

    /// <summary>The values V [tokens, out] that the tokens want.</summary>
    internal static Matrix<double> Values(Matrix<double> hidden, Matrix<double> gradient, double scale)
    {
        Matrix<double> normalHidden = Normalize(hidden), values = Normalize(gradient);
        for (int row = 0; row < values.RowCount; row++)
        {
            Vector<double> key = normalHidden.Row(row);
            values.SetRow(row, values.Row(row) * (-scale * (key * key) / key.Count));
        }

        return values;
    }

    /// <summary>The factors Vᵀ (H Hᵀ + I)⁻¹ and H, whose product is the transpose of (HᵀH + I)⁻¹ HᵀV; where tokens are many, that itself.</summary>
    internal static (Matrix<double> Left, Matrix<double> Right) Solve(Matrix<double> hidden, Matrix<double> values)
    {
        if (hidden.RowCount <= hidden.ColumnCount)
        {
            Matrix<double> gram = hidden.TransposeAndMultiply(hidden) + Matrix<double>.Build.DenseIdentity(hidden.RowCount);
            return (gram.Cholesky().Solve(values).Transpose(), hidden);
        }

        Matrix<double> moment = hidden.TransposeThisAndMultiply(hidden) + Matrix<double>.Build.DenseIdentity(hidden.ColumnCount);
        Matrix<double> solved = moment.Cholesky().Solve(hidden.TransposeThisAndMultiply(values)); // [in, out]
        return (solved.Transpose(), Matrix<double>.Build.DenseIdentity(hidden.ColumnCount));
    }

    private static Matrix<double> Normalize(Matrix<double> rows)
    {
        Vector<double> mean = rows.ColumnSums() / rows.RowCount;
        Matrix<double> centred = Matrix<double>.Build.Dense(rows.RowCount, rows.ColumnCount, (row, column) => rows[row, column] - mean[column]);
        Vector<double> deviation = (centred.PointwiseMultiply(centred).ColumnSums() / rows.RowCount).PointwiseSqrt();
        return Matrix<double>.Build.Dense(
            rows.RowCount, rows.ColumnCount, (row, column) => centred[row, column] / Math.Max(deviation[column], Smallest));
    }

    private static Matrix<double> Rows(float[] values, int columns) =>
        Matrix<double>.Build.Dense(values.Length / columns, columns, (row, column) => values[(row * columns) + column]);
}
