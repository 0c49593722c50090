namespace Ibke.Runtime.Tensors;

/// <summary>
/// A place where tensors live and operations run. Model code is written once against <see cref="Operations"/>; an engine
/// supplies the operations, their gradients and the storage.
/// </summary>
/// <remarks>Thread-safe: many generations and edits use one engine at the same time.</remarks>
public abstract class Engine : IDisposable
{
    /// <summary>What it runs on, for people: such as <c>CPU, AVX-512, 2 threads</c>.</summary>
    public abstract string Description { get; }

    /// <summary>The operations without any recording. Thread-safe.</summary>
    public abstract Operations Operations { get; }

    /// <summary>Starts a recording of operations whose gradients will be asked for. A tape belongs to one thread.</summary>
    public abstract GradientTape Record();

    /// <summary>Takes over a weight as it is stored, without copying where the engine can.</summary>
    public abstract Tensor Load(StoredTensor stored);

    /// <summary>
    /// Makes a matrix of 8-bit blocks (<see cref="ElementType.Int8Block32"/>) from a stored one: 32 neighbours of a row share a scale, and every
    /// value becomes the nearest multiple of it, so that it is off by at most 1/250 of the largest of the 32. It can be the weight of
    /// <see cref="Operations.Linear"/> and nothing else, and has no gradient. The stored bytes are not needed afterwards.
    /// </summary>
    /// <param name="stored">[out, in], of any sizes.</param>
    /// <exception cref="ArgumentException">It is no matrix, holds a value that is not finite, or its bytes do not fit its shape.</exception>
    public abstract Tensor Quantize(StoredTensor stored);

    /// <summary>Copies values into a new float32 tensor.</summary>
    /// <exception cref="ArgumentException">The number of values is not that of the shape.</exception>
    public abstract Tensor Create(TensorShape shape, ReadOnlySpan<float> values);

    /// <summary>Makes an empty key/value cache.</summary>
    /// <param name="layers">The number of layers.</param>
    /// <param name="width">Values a position and layer takes in the keys, and again in the values: key/value heads × head size.</param>
    /// <param name="capacity">The most positions it will ever hold. Memory is taken as positions are added.</param>
    public abstract KeyValueCache CreateCache(int layers, int width, int capacity);

    /// <summary>Stops worker threads and returns pooled memory. Tensors must not be used afterwards.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops worker threads and returns pooled memory.</summary>
    protected abstract void Dispose(bool disposing);
}
