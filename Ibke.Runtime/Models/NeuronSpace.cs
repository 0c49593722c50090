using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>How the neurons of edits see an MLP's input and answer to it. It belongs to an editor; all edits that it makes share one instance.</summary>
public abstract class NeuronSpace
{
    private protected NeuronSpace()
    {
    }

    /// <summary>The number of layers it is for.</summary>
    public abstract int Layers { get; }

    /// <summary>What neurons add. [rows, hidden size] → [rows, hidden size].</summary>
    /// <param name="ops">The operations of the pass.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="x">The normalised input of its MLP.</param>
    /// <param name="blocks">The neurons; of a form that belongs to this space.</param>
    internal abstract Tensor Apply(Operations ops, int layer, Tensor x, IReadOnlyList<NeuronBlock> blocks);
}
