using Ibke.Runtime.Models;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>Settings of ROME.</summary>
internal sealed record RomeSettings
{
    /// <summary>The layer whose last MLP matrix changes, from 0.</summary>
    public required int Layer { get; init; }

    /// <summary>See <see cref="ReferenceText.RegularMoment"/>.</summary>
    public double Ridge { get; init; } = 0.01;

    /// <summary>How the wanted output is found.</summary>
    public TargetSettings Target { get; init; } = new();
}

/// <summary>
/// ROME: the MLP of one layer is an associative memory. For each edit, one after the other, the matrix W changes by the rank-one map that gives
/// W k = v at the subject's last token and least elsewhere: ΔW = (v − W k) (C⁻¹ k̄)ᵀ / ((C⁻¹ k̄)ᵀ k), C = E[k kᵀ] on ordinary text, k̄ the
/// mean of k over contexts.
/// </summary>
/// <remarks>K. Meng et al., Locating and Editing Factual Associations in GPT, arXiv 2202.05262, equations 2–4.</remarks>
internal sealed class RomeMethod(EditedModel model, RomeSettings settings) : WeightMethod(model)
{
    private readonly TargetValues _targets = new(model, settings.Target);
    private Cholesky<double>? _moment;

    /// <inheritdoc/>
    public override string Name => "rome";

    /// <inheritdoc/>
    protected override IReadOnlyList<MatrixDelta> Compute(IReadOnlyList<EditRequest> requests, CancellationToken cancellationToken)
    {
        _moment ??= Model.Reference.RegularMoment(settings.Layer, settings.Ridge).Cholesky();
        List<Vector<double>> lefts = [], rights = [];
        WeightVersion version = WeightVersion.Base;
        try
        {
            foreach (EditRequest request in requests)
            {
                float[] step = _targets.Find(version, [request], settings.Layer, cancellationToken)[0]; // v − W k
                float[][] keys = Model.FactStates(version, _targets.Texts(request), settings.Target.Token, settings.Layer, settings.Layer).Keys;
                Vector<double> direction = _moment.Solve(Columns(keys).RowSums().Divide(keys.Length));
                double along = direction * Vector<double>.Build.Dense(keys[0].Length, i => keys[0][i]);
                lefts.Add(Vector<double>.Build.Dense(step.Length, i => step[i] / along));
                rights.Add(direction);
                Discard(version);
                version = new WeightVersion(0, [new WeightEdit([Sum()])]);
            }

            return [Sum()];
        }
        finally
        {
            Discard(version);
        }

        MatrixDelta Sum() => Delta(settings.Layer, Matrix<double>.Build.DenseOfColumnVectors(lefts), Matrix<double>.Build.DenseOfRowVectors(rights));
    }

    private static void Discard(WeightVersion version)
    {
        foreach (WeightEdit edit in version.Edits)
        {
            ComputedEdit.Discard(edit);
        }
    }
}
