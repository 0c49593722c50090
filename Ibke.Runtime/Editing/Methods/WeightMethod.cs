using System.Diagnostics;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>A method that changes matrices of the model. The set of edits decides the result, not their order.</summary>
internal abstract class WeightMethod(EditedModel model) : IEditMethod
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <summary>The model and what belongs to it.</summary>
    protected EditedModel Model => model;

    /// <inheritdoc/>
    public EditsInForce Apply(IReadOnlyList<EditRequest> requests, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        long start = Stopwatch.GetTimestamp();
        EditRequest[] ordered = [.. requests
            .Select(model.Texts.Complete)
            .OrderBy(request => request.Prompt, StringComparer.Ordinal)
            .ThenBy(request => request.Answer, StringComparer.Ordinal)];
        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlyList<MatrixDelta> deltas = ordered.Length == 0 ? [] : Compute(ordered, cancellationToken);
        return new EditsInForce(deltas.Count == 0 ? [] : [new WeightEdit(deltas)], Stopwatch.GetElapsedTime(start));
    }

    /// <summary>The changes of matrices for one or more edits.</summary>
    protected abstract IReadOnlyList<MatrixDelta> Compute(IReadOnlyList<EditRequest> requests, CancellationToken cancellationToken);

    /// <summary>Vectors as the columns of a matrix.</summary>
    protected static Matrix<double> Columns(IReadOnlyList<float[]> vectors) =>
        Matrix<double>.Build.Dense(vectors[0].Length, vectors.Count, (row, column) => vectors[column][row]);

    /// <summary>ΔW = left · right, kept as it takes fewer values.</summary>
    /// <param name="layer">The layer whose last MLP matrix changes.</param>
    /// <param name="left">[out, rank].</param>
    /// <param name="right">[rank, in].</param>
    protected MatrixDelta Delta(int layer, Matrix<double> left, Matrix<double> right)
    {
        string matrix = model.OutputMatrix(layer);
        return left.ColumnCount * (left.RowCount + right.ColumnCount) < left.RowCount * right.ColumnCount
            ? MatrixDelta.LowRank(matrix, ToTensor(left), ToTensor(right))
            : MatrixDelta.Dense(matrix, ToTensor(left * right));
    }

    private Tensor ToTensor(Matrix<double> matrix) => model.Model.Engine.Create(
        new TensorShape(matrix.RowCount, matrix.ColumnCount), Array.ConvertAll(matrix.ToRowMajorArray(), value => (float)value));
}
