using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>Each token adds a neuron that is exactly silent outside its cone. Neurons of different edits add up, or compete where the form is recall.</summary>
internal sealed class SparseForm(Engine engine, NeuronSpace space, NeuronForm form) : UpdateForm
{
    /// <inheritdoc/>
    public override NeuronForm Form => form;

    /// <inheritdoc/>
    public override WeightEdit Alone(EditFactors factors) => Edit(space, Enumerable.Range(0, factors.Values.Count).Select(layer => new NeuronBlock(
        form,
        Matrix(factors.Rows, factors.Keys[layer]),
        engine.Create(new TensorShape(factors.Rows), factors.Thresholds[layer]),
        Matrix(factors.Rows, factors.Values[layer]))));

    /// <inheritdoc/>
    public override IReadOnlyList<WeightEdit> Together(IReadOnlyList<ComputedEdit> edits) => [.. edits.Select(edit => edit.Alone)];

    private Tensor Matrix(int rows, float[] values) => engine.Create(new TensorShape(rows, values.Length / rows), values);
}
