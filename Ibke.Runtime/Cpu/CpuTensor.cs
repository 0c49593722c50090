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

    /// <inheritdoc/>
    public override long Bytes => ElementType == ElementType.Int8Block32 ? Int8Blocks.Bytes(Shape[0], Shape[1]) : Shape.Count * ElementType.Size();

    /// <summary>Whether anyone else holds the memory.</summary>
    public bool IsShared => Volatile.Read(ref _storage) is { IsShared: true };

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
                if (ElementType == ElementType.Int8Block32)
                {
                    Int8Blocks.Widen(storage.Pointer, Shape[0], Shape[1], values);
                }
                else
                {
                    ElementConversion.Widen(storage.Pointer, ElementType, destination.Length, values);
                }
            }
        }
        finally
        {
            storage.Release();
        }
    }

    /// <inheritdoc/>
    public override Tensor Reshape(TensorShape shape)
    {
        if (shape.Count != Shape.Count)
        {
            throw new ArgumentException($"Reshape: {Shape} has {Shape.Count} values, {shape} has {shape.Count}.", nameof(shape));
        }

        return ElementType != ElementType.Int8Block32 || shape == Shape
            ? new CpuTensor(shape, ElementType, Hold())
            : throw new ArgumentException($"Reshape: a matrix of 8-bit blocks, {Shape}, cannot have another shape.", nameof(shape));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => Interlocked.Exchange(ref _storage, null)?.Release();
}
