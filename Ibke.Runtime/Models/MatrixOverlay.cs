using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>All that the edits of a version add to one matrix.</summary>
/// <remarks>
/// Thin changes are set side by side when they are first used, so that many edits cost one product; where that would take more values than
/// the matrix has, or one change is dense, all become one dense sum. Thread-safe. The sum is of the version's own order of edits.
/// </remarks>
internal sealed class MatrixOverlay
{
    private readonly IReadOnlyList<MatrixDelta> _deltas;
    private volatile MatrixDelta? _sum;

    /// <summary>Takes the changes of one matrix.</summary>
    /// <exception cref="ArgumentException">Their sizes differ.</exception>
    public MatrixOverlay(IReadOnlyList<MatrixDelta> deltas)
    {
        _deltas = deltas;
        _sum = deltas.Count == 1 ? deltas[0] : null;
        Shape = deltas[0].Shape;
        if (deltas.Any(delta => delta.Shape != Shape))
        {
            throw new ArgumentException($"Changes of {deltas[0].Matrix} must be of one model, but their sizes differ.", nameof(deltas));
        }
    }

    /// <summary>[out, in].</summary>
    public TensorShape Shape { get; }

    /// <summary>y + x ΔWᵀ.</summary>
    /// <param name="ops">A tape gives the gradients of the changes that it watches.</param>
    /// <param name="plain">The engine's operations without a tape.</param>
    /// <param name="x">[rows, in].</param>
    /// <param name="y">[rows, out]; disposed.</param>
    public Tensor AddTo(Operations ops, Operations plain, Tensor x, Tensor y)
    {
        if (ops is GradientTape tape && _deltas.Any(delta => tape.IsWatched(delta.Left) || delta.Right is { } right && tape.IsWatched(right)))
        {
            return _deltas.Aggregate(y, (sum, delta) => Add(ops, delta, x, sum));
        }

        return Add(ops, _sum ??= Sum(plain), x, y);
    }

    private static Tensor Add(Operations ops, MatrixDelta delta, Tensor x, Tensor y)
    {
        using Tensor before = y;
        using Tensor? narrow = delta.Right is null ? null : ops.Linear(x, delta.Right); // [rows, rank]
        using Tensor change = ops.Linear(narrow ?? x, delta.Left); // [rows, out]
        return ops.Add(before, change);
    }

    /// <summary>All changes as one.</summary>
    public MatrixDelta Sum(Operations ops)
    {
        if (_deltas.Count == 1)
        {
            return _deltas[0];
        }

        long ranks = _deltas.Sum(delta => (long)(delta.Right?.Shape[0] ?? Shape[0]));
        return _deltas.All(delta => delta.Right is not null) && ranks * (Shape[0] + Shape[1]) < Shape.Count
            ? SideBySide(ops)
            : MatrixDelta.Dense(_deltas[0].Matrix, DenseSum(ops));
    }

    private MatrixDelta SideBySide(Operations ops)
    {
        using Tensor turned = Join([.. _deltas.Select(delta => ops.Transpose(delta.Right!))]); // [in, ranks]
        return MatrixDelta.LowRank(_deltas[0].Matrix, Join([.. _deltas.Select(delta => delta.Left.Reshape(delta.Left.Shape))]), ops.Transpose(turned));

        // Neighbours are joined first, so that nothing is copied more often than log₂ of their number.
        Tensor Join(Tensor[] parts)
        {
            while (parts.Length > 1)
            {
                parts = [.. parts.Chunk(2).Select(pair =>
                {
                    if (pair.Length == 1)
                    {
                        return pair[0];
                    }

                    using Tensor left = pair[0], right = pair[1];
                    return ops.Concatenate(left, right);
                })];
            }

            return parts[0];
        }
    }

    private Tensor DenseSum(Operations ops)
    {
        Tensor? sum = null;
        foreach (MatrixDelta delta in _deltas)
        {
            Tensor next = Dense(ops, delta);
            if (sum is not null)
            {
                using Tensor before = sum, own = next;
                next = ops.Add(before, own);
            }

            sum = next;
        }

        return sum!;
    }

    private static Tensor Dense(Operations ops, MatrixDelta delta)
    {
        if (delta.Right is null)
        {
            return delta.Left.Reshape(delta.Left.Shape);
        }

        using Tensor turned = ops.Transpose(delta.Right); // [in, rank]
        return ops.Linear(delta.Left, turned);
    }
}
