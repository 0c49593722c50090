namespace Ibke.Runtime.Tensors;

/// <summary>
/// Values of one engine, row-major. Immutable once an operation has returned it.
/// </summary>
/// <remarks>
/// Reading a tensor is thread-safe. Disposing returns its memory at once; a gradient tape keeps what it still needs.
/// A tensor that is never disposed is returned by the garbage collector.
/// </remarks>
public abstract class Tensor : IDisposable
{
    /// <summary>Records shape and storage type.</summary>
    protected Tensor(TensorShape shape, ElementType elementType)
    {
        Shape = shape;
        ElementType = elementType;
    }

    /// <summary>The sizes of the dimensions.</summary>
    public TensorShape Shape { get; }

    /// <summary>How the values are stored. The results of operations are always <see cref="ElementType.Float32"/>.</summary>
    public ElementType ElementType { get; }

    /// <summary>The bytes that the values take as they are stored.</summary>
    public abstract long Bytes { get; }

    /// <summary>Copies all values to the host, widened to float32.</summary>
    /// <exception cref="ObjectDisposedException">The tensor has been disposed.</exception>
    public float[] ToArray()
    {
        float[] values = new float[Shape.Count];
        CopyTo(values);
        return values;
    }

    /// <summary>Copies all values to memory of the host, widened to float32.</summary>
    /// <param name="destination">As many values as the shape has.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    /// <exception cref="ObjectDisposedException">The tensor has been disposed.</exception>
    public abstract void CopyTo(Span<float> destination);

    /// <summary>A view of the same values under another shape; it lives on its own and is disposed on its own.</summary>
    /// <exception cref="ArgumentException">The number of values differs.</exception>
    public abstract Tensor Reshape(TensorShape shape);

    /// <summary>The only value of a tensor of one value.</summary>
    /// <exception cref="InvalidOperationException">The tensor has not exactly one value.</exception>
    public float ToScalar() => Shape.Count == 1
        ? ToArray()[0]
        : throw new InvalidOperationException($"A tensor of shape {Shape} is not a scalar.");

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Returns the memory. Called at most once with <c>true</c>, and from the finalizer with <c>false</c>.</summary>
    protected abstract void Dispose(bool disposing);
}
