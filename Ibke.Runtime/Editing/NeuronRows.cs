using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>What an editor's network makes of gradients: a neuron for each token and layer, all layers after each other. Owns its tensors.</summary>
/// <param name="Values">[layers · rows, hidden size].</param>
/// <param name="Keys">[layers · rows, hidden size], of length one; null in the linear form.</param>
/// <param name="Thresholds">[layers · rows, 1]; null in the linear form.</param>
/// <param name="LatentDivergence">[1, 1]: the mean over rows of KL(q(z) ‖ N(0, 1)), nats; null where the latent was not drawn.</param>
internal sealed record NeuronRows(Tensor Values, Tensor? Keys, Tensor? Thresholds, Tensor? LatentDivergence) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Values.Dispose();
        Keys?.Dispose();
        Thresholds?.Dispose();
        LatentDivergence?.Dispose();
    }
}
