using Ibke.Runtime.Editing;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Optimizers;
using MathNet.Numerics.LinearAlgebra;

namespace Ibke.Runtime.Training.Editors;

/// <summary>
/// The change of a layer's linear map that solves all edits in force at once, see <see cref="LinearForm"/>: with A = X C⁻¹ Xᵀ it is
/// ΔWᵀ = C⁻¹ Xᵀ S, S = (μ + A)⁻¹ V. Gradients flow back into V and into log μ of each layer.
/// </summary>
internal sealed class LinearGroupForm : GroupForm
{
    /// <summary>The name under which log μ is trained.</summary>
    public const string RidgeParameter = "log_ridge";

    private readonly Engine _engine;
    private readonly EditorSettings _settings;
    private readonly float[] _moments;
    private readonly Matrix<double>[] _inverses; // C⁻¹ for each layer
    private readonly TrainableParameter _logRidges;

    /// <summary>Begins with one ridge for all layers.</summary>
    /// <param name="engine">Where tensors are made.</param>
    /// <param name="settings">Sizes.</param>
    /// <param name="moments">[layers, hidden, hidden]: C, positive definite.</param>
    /// <param name="ridge">μ.</param>
    public LinearGroupForm(Engine engine, EditorSettings settings, float[] moments, float ridge)
    {
        (_engine, _settings, _moments) = (engine, settings, moments);
        int size = settings.HiddenSize;
        _inverses = [.. moments.Chunk(size * size).Select(moment => Rows(moment, size).Cholesky().Solve(Matrix<double>.Build.DenseIdentity(size)))];
        _logRidges = new TrainableParameter(
            RidgeParameter, new TensorShape(settings.Layers), [.. Enumerable.Repeat(MathF.Log(ridge), settings.Layers)]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TrainableParameter> Parameters => [_logRidges];

    /// <inheritdoc/>
    public override IEnumerable<(string Name, TensorShape Shape, float[] Values)> Stored =>
    [
        (LinearForm.RidgeName, new TensorShape(_settings.Layers), [.. _logRidges.Values.Select(MathF.Exp)]),
        (LinearForm.MomentName, new TensorShape(_settings.Layers, _settings.HiddenSize, _settings.HiddenSize), _moments),
    ];

    /// <inheritdoc/>
    public override UpdateForm InUse(EditorNetwork network) => new LinearForm(
        _engine, network.Space, _inverses.Zip(_logRidges.Values, (inverse, logRidge) => inverse / Math.Exp(logRidge)));

    /// <inheritdoc/>
    public override IReadOnlyList<NeuronBlock> Blocks(
        Operations ops,
        TensorScope scope,
        int layer,
        LayerRows group,
        IReadOnlyList<BankedEdit> background,
        IReadOnlyDictionary<string, Tensor> weights)
    {
        int size = _settings.HiddenSize;
        double ridge = Math.Exp(_logRidges.Values[layer]);
        Matrix<double> inputs = Rows([.. group.Inputs, .. BankedEdit.Join(background, edit => edit.Factors.Inputs[layer])], size); // X
        Matrix<double> keys = inputs * _inverses[layer]; // X C⁻¹
        Matrix<double> gram = keys.TransposeAndMultiply(inputs) + (Matrix<double>.Build.DenseIdentity(inputs.RowCount) * ridge);
        Matrix<double> solver = gram.Cholesky().Solve(Matrix<double>.Build.DenseIdentity(inputs.RowCount)); // (μ + A)⁻¹
        Tensor values = WithBackground(ops, scope, group, layer, background); // V [rows, hidden]
        Tensor solved = scope.Keep(ops.Linear(Keep(solver), scope.Keep(ops.Transpose(values)))); // S [rows, hidden]

        // S depends on log μ too: dS = −μ (μ + A)⁻¹ S · d log μ, added as a product with log μ − log μ, which is zero but has a gradient.
        Matrix<double> slope = solver * Rows(solved.ToArray(), size) * -ridge;
        Tensor change = scope.Keep(ops.Scale(scope.Keep(weights[RidgeParameter].Reshape(new TensorShape(_settings.Layers, 1))), 1));
        Tensor own = scope.Keep(ops.Scale(
            scope.Keep(ops.Embedding(change, [.. Enumerable.Repeat(layer, inputs.RowCount)])), 1, -_logRidges.Values[layer])); // [rows, 1]
        Tensor total = scope.Keep(ops.Add(solved, scope.Keep(ops.Multiply(Keep(slope), own))));
        return [new NeuronBlock(NeuronForm.Linear, Keep(keys), null, total)];

        Tensor Keep(Matrix<double> matrix) => scope.Keep(_engine.Create(
            new TensorShape(matrix.RowCount, matrix.ColumnCount), [.. matrix.ToRowMajorArray().Select(value => (float)value)]));
    }

    private static Matrix<double> Rows(float[] values, int columns) =>
        Matrix<double>.Build.DenseOfRowMajor(values.Length / columns, columns, values.Select(value => (double)value));

    private Tensor WithBackground(Operations ops, TensorScope scope, LayerRows group, int layer, IReadOnlyList<BankedEdit> background)
    {
        if (background.Count == 0)
        {
            return group.Values;
        }

        float[] earlier = BankedEdit.Join(background, edit => edit.Factors.Values[layer]);
        int rows = group.Values.Shape.Rows, more = earlier.Length / _settings.HiddenSize;
        Tensor rest = scope.Keep(_engine.Create(new TensorShape(more, _settings.HiddenSize), earlier));
        return scope.Keep(ops.ScatterRows(
            [group.Values, rest],
            [Ones(rows), Ones(more)],
            [[.. Enumerable.Range(0, rows)], [.. Enumerable.Range(rows, more)]],
            rows + more));

        Tensor Ones(int count) => scope.Keep(_engine.Create(new TensorShape(count, 1), [.. Enumerable.Repeat(1f, count)]));
    }
}
