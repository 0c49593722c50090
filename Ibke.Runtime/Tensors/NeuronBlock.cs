namespace Ibke.Runtime.Tensors;

/// <summary>How the neurons of an edit answer to an input.</summary>
public enum NeuronForm
{
    /// <summary>y += Σⱼ relu(cos(x̂, keyⱼ) − thresholdⱼ) / (1 − thresholdⱼ) · valueⱼ. Exactly zero outside the neurons' cones.</summary>
    Sparse,

    /// <summary>y += Σⱼ (x · keyⱼ) · valueⱼ: a low-rank change of the layer's map.</summary>
    Linear,

    /// <summary>
    /// The neurons that are nearest to an input answer, not the sum of all: y += Σⱼ wⱼ aⱼ · valueⱼ with aⱼ = relu(u · keyⱼ − thresholdⱼ) / (1 − thresholdⱼ) and
    /// wⱼ = exp(sharpness · aⱼ) / Σ exp(sharpness · aₖ) over the k with aₖ > 0. Exactly zero outside the neurons' cones.
    /// </summary>
    Recall,
}

/// <summary>Neurons that one edit adds beside an MLP. The tensors are never changed.</summary>
/// <param name="Form">How they answer to an input.</param>
/// <param name="Keys">[neurons, hidden size], of recall [neurons, key size]; rows of length one but in the linear form.</param>
/// <param name="Thresholds">[neurons], each in (0, 1); null in the linear form.</param>
/// <param name="Values">[neurons, hidden size].</param>
public sealed record NeuronBlock(NeuronForm Form, Tensor Keys, Tensor? Thresholds, Tensor Values);
