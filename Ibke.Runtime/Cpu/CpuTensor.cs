using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>Values in native memory, or a view of a mapped checkpoint.</summary>
internal sealed unsafe class CpuTensor : Tensor
{
    private CpuStorage? _storage;

    /// <summary>Takes over one hold of <paramref name="storage"/>.</summary>
    public CpuTensor(TensorShape shape, ElementType elementType, CpuStorage storage)
        : base(shape, elementType)
    {
        _storage = storage;
        StorageId = storage.Id;
    }

    /// <summary>Names the values: tensors with the same id are views of the same memory. Known after disposal too.</summary>
    public long StorageId { get; }

    /// <summary>Holds the memory while it is read, whatever happens to the tensor meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">The tensor has been disposed.</exception>
    public CpuStorage Hold() =>
        Volatile.Read(ref _storage) is { } storage && storage.TryHold()
            ? storage
            : throw new ObjectDisposedException($"Tensor {Shape}", "The tensor has been disposed and cannot be read any more.");

    /// <summary>The same values as a tensor that is disposed on its own.</summary>
    public CpuTensor Share() => new(Shape, ElementType, Hold());

    /// <inheritdoc/>
    public override void CopyTo(Span<float> destination)
    {
        if (destination.Length != Shape.Count)
        {
            throw new ArgumentException($"{destination.Length} values do not take a tensor of shape {Shape}.", nameof(destination));
        }

        CpuStorage storage = Hold();
        try
        {
            fixed (float* values = destination)
            {
                ElementConversion.Widen(storage.Pointer, ElementType, destination.Length, values);
            }
        }
        finally
        {
            storage.Release();
        }
    }

    /// <inheritdoc/>
    public override Tensor Reshape(TensorShape shape) => shape.Count == Shape.Count
        ? new CpuTensor(shape, ElementType, Hold())
        : throw new ArgumentException($"Reshape: {Shape} has {Shape.Count} values, {shape} has {shape.Count}.", nameof(shape));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => Interlocked.Exchange(ref _storage, null)?.Release();
}
