namespace Ibke.Runtime.Tensors;

/// <summary>
/// Keys and values of the positions of one sequence, for every layer. Attention appends to a layer; the positions count only
/// once the whole forward pass has called <see cref="Advance"/>, so a pass that fails or is cancelled leaves the cache as it was.
/// </summary>
/// <remarks>Not thread-safe: one sequence is computed by one thread at a time.</remarks>
public abstract class KeyValueCache : IDisposable
{
    /// <summary>Records the sizes.</summary>
    protected KeyValueCache(int layers, int width, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        Layers = layers;
        Width = width;
        Capacity = capacity;
    }

    /// <summary>The number of layers.</summary>
    public int Layers { get; }

    /// <summary>Key/value heads × head size.</summary>
    public int Width { get; }

    /// <summary>The most positions it can hold.</summary>
    public int Capacity { get; }

    /// <summary>The number of positions held.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes of memory taken at present.</summary>
    public abstract long Bytes { get; }

    /// <summary>Counts positions that every layer has just been given.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The positions would exceed the capacity.</exception>
    public void Advance(int positions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(positions);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(positions, Capacity - Length);
        Length += positions;
    }

    /// <summary>Forgets all positions from <paramref name="length"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer positions than that.</exception>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <summary>A new cache that holds a copy of the first positions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer positions than that.</exception>
    public abstract KeyValueCache Fork(int length);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Returns the memory.</summary>
    protected abstract void Dispose(bool disposing);
}
