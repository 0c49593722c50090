using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>
/// The learned directions by which neurons of <see cref="NeuronForm.Recall"/> are found, for each layer: <c>u = normalise(metric · x + offset)</c>. They
/// set apart what edits should be told apart by, and have fewer dimensions than x.
/// </summary>
public sealed class RecallSpace : NeuronSpace
{
    /// <summary>Takes over the tensors, which must never be disposed while an edit uses them.</summary>
    /// <param name="metrics">[key size, hidden size] for each layer.</param>
    /// <param name="offsets">[key size] for each layer.</param>
    /// <param name="sharpness">[1] for each layer; see <see cref="Operations.Recall"/>.</param>
    /// <param name="firstLayer">The first layer of the model that has neurons; the lists begin with it.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public RecallSpace(IReadOnlyList<Tensor> metrics, IReadOnlyList<Tensor> offsets, IReadOnlyList<Tensor> sharpness, int firstLayer = 0)
        : base(firstLayer)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentNullException.ThrowIfNull(sharpness);
        if (metrics.Count != offsets.Count || metrics.Count != sharpness.Count)
        {
            throw new ArgumentException($"{metrics.Count} metrics, but {offsets.Count} offsets and {sharpness.Count} values of sharpness.", nameof(metrics));
        }

        (Metrics, Offsets, Sharpness) = (metrics, offsets, sharpness);
    }

    /// <inheritdoc/>
    public override int Layers => Metrics.Count;

    /// <summary>[key size, hidden size] for each layer.</summary>
    public IReadOnlyList<Tensor> Metrics { get; }

    /// <summary>[key size] for each layer.</summary>
    public IReadOnlyList<Tensor> Offsets { get; }

    /// <summary>[1] for each layer.</summary>
    public IReadOnlyList<Tensor> Sharpness { get; }

    /// <summary>metric · x + offset, before it is brought to length one. [rows, key size]</summary>
    internal Tensor Project(Operations ops, int layer, Tensor x) => ops.Linear(x, Metrics[layer - FirstLayer], Offsets[layer - FirstLayer]);

    /// <inheritdoc/>
    internal override Tensor Apply(Operations ops, int layer, Tensor x, IReadOnlyList<NeuronBlock> blocks, Tensor? output) =>
        ops.Recall(output, x, Metrics[layer - FirstLayer], Offsets[layer - FirstLayer], Sharpness[layer - FirstLayer], blocks);
}
