using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>Settings of AlphaEdit.</summary>
internal sealed record AlphaEditSettings
{
    /// <summary>The layers that share the change, ascending, from 0.</summary>
    public required IReadOnlyList<int> Layers { get; init; }

    /// <summary>Directions along which ordinary text has less than this share of the mean second moment count as its null space. A few directions
    /// hold most of that, so 1 leaves nine of ten free.</summary>
    public double Threshold { get; init; } = 1;

    /// <summary>λ of λ‖ΔW‖², in mean squared lengths of the keys.</summary>
    public double Ridge { get; init; } = 0.03;

    /// <summary>How the wanted stream is found.</summary>
    public TargetSettings Target { get; init; } = new();
}

/// <summary>
/// AlphaEdit: the change is projected onto the null space of what ordinary text puts into the matrix, so that there it changes nothing:
/// ΔW = R Kᵀ P (K Kᵀ P + λI)⁻¹. All edits in force are solved for together, so the paper's term of earlier edits falls away.
/// </summary>
/// <remarks>J. Fang et al., AlphaEdit: Null-Space Constrained Knowledge Editing for Language Models, arXiv 2410.02355, equation 14.</remarks>
internal sealed class AlphaEditMethod(EditedModel model, AlphaEditSettings settings) : SpreadMethod(model, settings.Layers, settings.Target)
{
    private readonly Dictionary<int, Matrix<double>> _projectors = [];

    /// <inheritdoc/>
    public override string Name => "alphaedit";

    /// <inheritdoc/>
    protected override (Matrix<double> Left, Matrix<double> Right) Solve(int layer, Matrix<double> keys, Matrix<double> residuals)
    {
        if (!_projectors.TryGetValue(layer, out Matrix<double>? projector))
        {
            projector = NullSpace(Model.Reference.SecondMoment(layer), settings.Threshold);
            _projectors.Add(layer, projector);
        }

        return Solve(projector, settings.Ridge * keys.PointwiseMultiply(keys).ColumnSums().Average(), keys, residuals);
    }

    /// <summary>P = U Uᵀ, U the eigenvectors of C whose eigenvalues are below a share of their mean.</summary>
    internal static Matrix<double> NullSpace(Matrix<double> moment, double threshold)
    {
        Evd<double> parts = moment.Evd(Symmetricity.Symmetric);
        double least = threshold * moment.Trace() / moment.RowCount;
        Vector<double>[] free = [.. parts.EigenVectors.EnumerateColumns().Where((_, i) => parts.EigenValues[i].Real < least)];
        if (free.Length == 0)
        {
            return Matrix<double>.Build.Dense(moment.RowCount, moment.RowCount);
        }

        Matrix<double> basis = Matrix<double>.Build.DenseOfColumnVectors(free);
        return basis.TransposeAndMultiply(basis);
    }

    /// <summary>The factors R (Kᵀ P K + λI)⁻¹ and Kᵀ P: the same as R Kᵀ P (K Kᵀ P + λI)⁻¹ by the push-through identity.</summary>
    internal static (Matrix<double> Left, Matrix<double> Right) Solve(
        Matrix<double> projector, double ridge, Matrix<double> keys, Matrix<double> residuals)
    {
        Matrix<double> projected = keys.TransposeThisAndMultiply(projector); // Kᵀ P [edits, in]
        Matrix<double> gram = (projected * keys) + (Matrix<double>.Build.DenseIdentity(keys.ColumnCount) * ridge);
        return (gram.Cholesky().Solve(residuals.Transpose()).Transpose(), projected);
    }
}
