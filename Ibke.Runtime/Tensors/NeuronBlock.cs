namespace Ibke.Runtime.Tensors;

/// <summary>How the neurons of an edit answer to an input.</summary>
public enum NeuronForm
{
    /// <summary>y += Σⱼ relu(cos(x̂, keyⱼ) − thresholdⱼ) / (1 − thresholdⱼ) · valueⱼ. Exactly zero outside the neurons' cones.</summary>
    Sparse,

    /// <summary>y += Σⱼ (x · keyⱼ) · valueⱼ: a low-rank change of the layer's map.</summary>
    Linear,
}

/// <summary>Neurons that one edit adds beside an MLP. The tensors are never changed.</summary>
/// <param name="Form">How they answer to an input.</param>
/// <param name="Keys">[neurons, hidden size]; rows of length one in the sparse form.</param>
/// <param name="Thresholds">[neurons], each in (0, 1); null in the linear form.</param>
/// <param name="Values">[neurons, hidden size].</param>
public sealed record NeuronBlock(NeuronForm Form, Tensor Keys, Tensor? Thresholds, Tensor Values);
