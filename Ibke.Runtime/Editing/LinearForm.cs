using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Ibke.Runtime.Editing;

/// <summary>
/// A change of each layer's linear map that solves all edits in force at once: ΔWᵀ = (XᵀX + μC)⁻¹ XᵀV, with the tokens' inputs in
/// the rows of X, their values in those of V, and C the second moment of inputs on ordinary text.
/// </summary>
/// <remarks>
/// By the Woodbury identity ΔWᵀ = Kᵀ (I + X Kᵀ)⁻¹ V with K = X (μC)⁻¹, so a token is a linear neuron whose key is its row of K alone
/// and whose value is its row of the solution, which depends on every edit in force. The solve is of the size of the number of
/// tokens in force, and its time grows with the cube of that.
/// </remarks>
internal sealed class LinearForm : UpdateForm
{
    /// <summary>The name of μ [layers] in an editor's file.</summary>
    public const string RidgeName = "ridge";

    /// <summary>The name of C [layers, hidden, hidden] in an editor's file.</summary>
    public const string MomentName = "moment";

    private readonly Engine _engine;
    private readonly NeuronSpace _space;
    private readonly Matrix<double>[] _inverses; // (μC)⁻¹ for each layer

    /// <summary>Reads μ (<c>ridge</c> [layers]) and C (<c>moment</c> [layers, hidden, hidden]) of an editor.</summary>
    /// <exception cref="Checkpoints.CheckpointException">One is missing, of another shape, or not positive.</exception>
    public LinearForm(EditorSettings settings, EditorTensors tensors, Engine engine, NeuronSpace space)
    {
        (_engine, _space) = (engine, space);
        int size = settings.HiddenSize;
        float[] ridges = tensors.PositiveValues(RidgeName, settings.Layers);
        float[] moments = tensors.Values(MomentName, settings.Layers, size, size);
        _inverses = [.. moments.Chunk(size * size).Zip(ridges, (moment, ridge) => Invert(Rows(moment, size) * ridge, tensors))];
    }

    /// <summary>Takes over (μC)⁻¹ of each layer.</summary>
    public LinearForm(Engine engine, NeuronSpace space, IEnumerable<Matrix<double>> inverses)
    {
        (_engine, _space) = (engine, space);
        _inverses = [.. inverses];
    }

    /// <inheritdoc/>
    public override NeuronForm Form => NeuronForm.Linear;

    /// <inheritdoc/>
    public override WeightEdit Alone(EditFactors factors) => Solve([factors])[0];

    /// <inheritdoc/>
    public override IReadOnlyList<WeightEdit> Together(IReadOnlyList<ComputedEdit> edits) =>
        Solve([.. edits.OrderBy(edit => edit.Alone.Id, StringComparer.Ordinal).Select(edit => edit.Factors!)]);

    private static Matrix<double> Rows(float[] values, int columns) =>
        Matrix<double>.Build.DenseOfRowMajor(values.Length / columns, columns, values.Select(value => (double)value));

    private static Matrix<double> Invert(Matrix<double> matrix, EditorTensors tensors)
    {
        try
        {
            return matrix.Cholesky().Solve(Matrix<double>.Build.DenseIdentity(matrix.RowCount));
        }
        catch (ArgumentException)
        {
            throw tensors.Unusable("moment", "has a layer that is not symmetric and positive definite");
        }
    }

    private IReadOnlyList<WeightEdit> Solve(IReadOnlyList<EditFactors> edits)
    {
        if (edits.Count == 0)
        {
            return [];
        }

        NeuronBlock[][] blocks = [.. edits.Select(_ => new NeuronBlock[_inverses.Length])];
        for (int layer = 0; layer < _inverses.Length; layer++)
        {
            int size = _inverses[layer].RowCount;
            Matrix<double> inputs = Rows([.. edits.SelectMany(edit => edit.Inputs[layer])], size); // X [tokens, hidden]
            Matrix<double> values = Rows([.. edits.SelectMany(edit => edit.Values[layer])], size); // V [tokens, hidden]
            Matrix<double> keys = inputs * _inverses[layer]; // K [tokens, hidden]
            Matrix<double> gram = inputs.TransposeAndMultiply(keys) + Matrix<double>.Build.DenseIdentity(inputs.RowCount);
            Matrix<double> solved = gram.Cholesky().Solve(values);
            for (int edit = 0, first = 0; edit < edits.Count; first += edits[edit++].Rows)
            {
                blocks[edit][layer] = new NeuronBlock(
                    NeuronForm.Linear, Part(keys, first, edits[edit].Rows), null, Part(solved, first, edits[edit].Rows));
            }
        }

        return [.. blocks.Select(layers => Edit(_space, layers))];
    }

    private Tensor Part(Matrix<double> matrix, int first, int count)
    {
        Matrix<double> part = matrix.SubMatrix(first, count, 0, matrix.ColumnCount);
        return _engine.Create(
            new TensorShape(count, matrix.ColumnCount), [.. part.ToRowMajorArray().Select(value => (float)value)]);
    }
}
