namespace Ibke.Runtime.Cpu;

/// <summary>The memory of one <see cref="Tensors.NeuronBlock"/>.</summary>
internal readonly unsafe struct NeuronPointers(float* keys, float* thresholds, float* values, int count)
{
    /// <summary>[count, key size]; the hidden size but in recall.</summary>
    public float* Keys => keys;

    /// <summary>[count], or null in the linear form.</summary>
    public float* Thresholds => thresholds;

    /// <summary>[count, hidden].</summary>
    public float* Values => values;

    /// <summary>The number of neurons.</summary>
    public int Count => count;
}
