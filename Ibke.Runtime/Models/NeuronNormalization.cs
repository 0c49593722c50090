using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models;

/// <summary>
/// The statistics by which the neurons of edits see an MLP's input: <c>x̂ = (x − mean) / deviation</c>, for each of their layers.
/// For neurons of the sparse and the linear form.
/// </summary>
public sealed class NeuronNormalization : NeuronSpace
{
    /// <summary>Takes over the tensors, which must never be disposed while an edit uses them.</summary>
    /// <param name="means">[hidden size] for each layer.</param>
    /// <param name="deviations">[hidden size] for each layer; positive.</param>
    /// <param name="firstLayer">The first layer of the model that has neurons; the lists begin with it.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public NeuronNormalization(IReadOnlyList<Tensor> means, IReadOnlyList<Tensor> deviations, int firstLayer = 0)
        : base(firstLayer)
    {
        ArgumentNullException.ThrowIfNull(means);
        ArgumentNullException.ThrowIfNull(deviations);
        if (means.Count != deviations.Count)
        {
            throw new ArgumentException($"{means.Count} means, but {deviations.Count} deviations.", nameof(deviations));
        }

        Means = means;
        Deviations = deviations;
    }

    /// <inheritdoc/>
    public override int Layers => Means.Count;

    /// <summary>[hidden size] for each layer.</summary>
    public IReadOnlyList<Tensor> Means { get; }

    /// <summary>[hidden size] for each layer.</summary>
    public IReadOnlyList<Tensor> Deviations { get; }

    /// <inheritdoc/>
    internal override Tensor Apply(Operations ops, int layer, Tensor x, IReadOnlyList<NeuronBlock> blocks, Tensor? output)
    {
        Tensor added = ops.Neurons(x, Means[layer - FirstLayer], Deviations[layer - FirstLayer], blocks);
        if (output is null)
        {
            return added;
        }

        using (added)
        {
            return ops.Add(output, added);
        }
    }
}
