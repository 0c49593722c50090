using MathNet.Numerics.LinearAlgebra;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>Settings of MEMIT.</summary>
internal sealed record MemitSettings
{
    /// <summary>The layers that share the change, ascending, from 0.</summary>
    public required IReadOnlyList<int> Layers { get; init; }

    /// <summary>
    /// λ, the weight of ordinary text against the edits, for each value of a key: the mean of kᵀC⁻¹k over text is the number of values, so that it is what λ counts against. The paper's
    /// 15,000 for keys of 16,384 values is about 1.
    /// </summary>
    public double Weight { get; init; } = 0.2;

    /// <summary>How the wanted stream is found.</summary>
    public TargetSettings Target { get; init; } = new();
}

/// <summary>MEMIT: ΔW = R Kᵀ (λC + K Kᵀ)⁻¹ in each of some layers, with C = E[k kᵀ] on ordinary text.</summary>
/// <remarks>K. Meng et al., Mass-Editing Memory in a Transformer, arXiv 2210.07229, equations 14 and 20.</remarks>
internal sealed class MemitMethod(EditedModel model, MemitSettings settings) : SpreadMethod(model, settings.Layers, settings.Target)
{
    private const double Ridge = 0.01;

    /// <inheritdoc/>
    public override string Name => "memit";

    /// <inheritdoc/>
    protected override (Matrix<double> Left, Matrix<double> Right) Solve(int layer, Matrix<double> keys, Matrix<double> residuals) =>
        Solve(Model.Reference.RegularMoment(layer, Ridge), settings.Weight * keys.RowCount, keys, residuals);

    /// <summary>The factors R and Kᵀ (λC + K Kᵀ)⁻¹.</summary>
    internal static (Matrix<double> Left, Matrix<double> Right) Solve(
        Matrix<double> moment, double weight, Matrix<double> keys, Matrix<double> residuals)
    {
        Matrix<double> sum = (moment * weight) + keys.TransposeAndMultiply(keys);
        return (residuals, sum.Cholesky().Solve(keys).Transpose());
    }
}
