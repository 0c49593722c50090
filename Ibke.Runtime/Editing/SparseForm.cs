using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>Each token adds a neuron that is exactly silent outside its cone; the neurons of different edits simply stack.</summary>
internal sealed class SparseForm(Engine engine, NeuronNormalization normalization) : UpdateForm
{
    /// <inheritdoc/>
    public override WeightEdit Alone(EditFactors factors) => new(normalization, [.. Enumerable.Range(0, factors.Values.Count).Select(layer =>
    {
        int columns = factors.Values[layer].Length / factors.Rows;
        return new NeuronBlock(
            NeuronForm.Sparse,
            engine.Create(new TensorShape(factors.Rows, columns), factors.Keys[layer]),
            engine.Create(new TensorShape(factors.Rows), factors.Thresholds[layer]),
            engine.Create(new TensorShape(factors.Rows, columns), factors.Values[layer]));
    })]);

    /// <inheritdoc/>
    public override IReadOnlyList<WeightEdit> Together(IReadOnlyList<ComputedEdit> edits) => [.. edits.Select(edit => edit.Alone)];
}
