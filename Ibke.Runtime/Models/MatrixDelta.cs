using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>
/// What an edit adds to one matrix W of a linear layer in a block: y = x Wᵀ becomes y = x (W + ΔW)ᵀ. ΔW is dense or a product of two thin
/// matrices. The tensors are never changed, and W is never written.
/// </summary>
public sealed class MatrixDelta
{
    private MatrixDelta(string matrix, Tensor left, Tensor? right)
    {
        ArgumentException.ThrowIfNullOrEmpty(matrix);
        ArgumentNullException.ThrowIfNull(left);
        (Matrix, Left, Right) = (matrix, left, right);
        if (left.Shape.Rank != 2 || right is not null && (right.Shape.Rank != 2 || right.Shape[0] != left.Shape[1]))
        {
            throw new ArgumentException($"A change of {matrix} cannot be {left.Shape}{(right is null ? "" : $" · {right.Shape}")}.", nameof(left));
        }
    }

    /// <summary>The name of the matrix in the checkpoint; see <see cref="Transformer.Matrices"/>.</summary>
    public string Matrix { get; }

    /// <summary>[out, in]: ΔW itself; or [out, rank]: the left factor. Also for a matrix that is stored as [in, out].</summary>
    public Tensor Left { get; }

    /// <summary>[rank, in]: the right factor; null where <see cref="Left"/> is ΔW itself.</summary>
    public Tensor? Right { get; }

    /// <summary>The sizes of ΔW, [out, in].</summary>
    public TensorShape Shape => new(Left.Shape[0], (Right ?? Left).Shape[1]);

    /// <summary>The bytes that it takes.</summary>
    public long Bytes => Left.Bytes + (Right?.Bytes ?? 0);

    /// <summary>ΔW as it is.</summary>
    /// <param name="matrix">The name of the matrix.</param>
    /// <param name="change">[out, in].</param>
    /// <exception cref="ArgumentException">It is no matrix.</exception>
    public static MatrixDelta Dense(string matrix, Tensor change) => new(matrix, change, null);

    /// <summary>ΔW = left · right.</summary>
    /// <param name="matrix">The name of the matrix.</param>
    /// <param name="left">[out, rank].</param>
    /// <param name="right">[rank, in].</param>
    /// <exception cref="ArgumentException">The factors do not fit each other.</exception>
    public static MatrixDelta LowRank(string matrix, Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(right);
        return new MatrixDelta(matrix, left, right);
    }
}
