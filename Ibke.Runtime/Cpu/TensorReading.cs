using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>Holds a tensor's values as float32 for the length of a computation.</summary>
internal readonly unsafe ref struct TensorReading
{
    private readonly CpuStorage? _storage;

    /// <summary>Holds the values; those stored in 16 bits are widened once and kept beside the tensor.</summary>
    public TensorReading(CpuTensor? tensor, MemoryPool pool)
    {
        if (tensor is not null)
        {
            _storage = tensor.Hold();
            Values = (float*)(tensor.ElementType == ElementType.Float32 ? _storage : _storage.Widened(tensor.ElementType, pool)).Pointer;
        }
    }

    /// <summary>The first value; null where there is no tensor.</summary>
    public float* Values { get; }

    /// <summary>Lets go.</summary>
    public void Dispose() => _storage?.Release();
}
