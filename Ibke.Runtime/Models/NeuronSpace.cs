using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>How the neurons of edits see an MLP's input and answer to it. It belongs to an editor; all edits that it makes share one instance.</summary>
public abstract class NeuronSpace
{
    private protected NeuronSpace(int firstLayer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstLayer);
        FirstLayer = firstLayer;
    }

    /// <summary>The first layer of the model that may have neurons.</summary>
    public int FirstLayer { get; }

    /// <summary>The number of layers from <see cref="FirstLayer"/> on, which it is for.</summary>
    public abstract int Layers { get; }

    /// <summary>An MLP's output and what neurons add to it, or that alone. [rows, hidden size] → [rows, hidden size].</summary>
    /// <param name="ops">The operations of the pass.</param>
    /// <param name="layer">The layer of the model.</param>
    /// <param name="x">The normalised input of its MLP.</param>
    /// <param name="blocks">The neurons; of a form that belongs to this space.</param>
    /// <param name="output">[rows, hidden size]: the MLP's output; null for none.</param>
    internal abstract Tensor Apply(Operations ops, int layer, Tensor x, IReadOnlyList<NeuronBlock> blocks, Tensor? output);
}
