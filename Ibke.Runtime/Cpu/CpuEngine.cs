using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// The embedded engine: managed code on the processor, float32 computation, weights read as they are stored. Needs no native library.
/// </summary>
/// <remarks>
/// Thread-safe. Results depend neither on the number of threads nor on what else runs at the same time.
/// A weight that is multiplied with four rows or more keeps a copy of itself, as large as it is, arranged for that.
/// </remarks>
public sealed class CpuEngine : Engine
{
    private readonly WorkerPool _workers;
    private readonly CpuOperations _operations;

    /// <summary>Makes an engine. Threads start when the first large operation runs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number of threads is not within 1 and 256.</exception>
    public CpuEngine(CpuEngineOptions? options = null)
        : this(options?.Threads ?? new CpuEngineOptions().Threads, InstructionSets.Best)
    {
    }

    /// <summary>Makes an engine that uses no instructions beyond a set.</summary>
    internal CpuEngine(int threads, InstructionSet instructions)
    {
        if (threads is < 1 or > 256)
        {
            throw new ArgumentOutOfRangeException(nameof(threads), threads, "An engine has 1 to 256 threads.");
        }

        _workers = new WorkerPool(threads, instructions);
        _operations = new CpuOperations(Memory, _workers);
    }

    /// <inheritdoc/>
    public override string Description => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"CPU, {InstructionSetName(_workers.Instructions)}, {_workers.Threads} {(_workers.Threads == 1 ? "thread" : "threads")}");

    /// <inheritdoc/>
    public override Operations Operations => _operations;

    /// <summary>Where tensors take their memory from.</summary>
    internal MemoryPool Memory { get; } = new();

    /// <inheritdoc/>
    public override GradientTape Record() => new CpuTape(_operations);

    /// <inheritdoc/>
    public override Tensor Load(StoredTensor stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        long bytes = stored.Shape.Count * stored.ElementType.Size();
        return stored.Bytes.Length == bytes
            ? new CpuTensor(stored.Shape, stored.ElementType, new CpuStorage(stored.Bytes))
            : throw new ArgumentException(
                $"{stored.Name}: {stored.Shape} of {stored.ElementType} takes {bytes} bytes, there are {stored.Bytes.Length}.", nameof(stored));
    }

    /// <inheritdoc/>
    public override unsafe Tensor Quantize(StoredTensor stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        if (stored.Shape.Rank != 2)
        {
            throw new ArgumentException($"{stored.Name}: 8-bit blocks are made of matrices, not of {stored.Shape}.", nameof(stored));
        }

        using CpuTensor source = (CpuTensor)Load(stored);
        (int outputs, int inputs) = (stored.Shape[0], stored.Shape[1]);
        CpuStorage blocks = new(Memory, Int8Blocks.Bytes(outputs, inputs));
        CpuTensor quantized = new(stored.Shape, ElementType.Int8Block32, blocks);
        CpuStorage values = source.Hold();
        bool finite = Int8Blocks.Quantize(_workers, values.Pointer, stored.ElementType, outputs, inputs, blocks.Pointer);
        values.Release();
        if (!finite)
        {
            quantized.Dispose();
            throw new ArgumentException($"{stored.Name} holds NaN or an infinity; 8-bit blocks cannot.", nameof(stored));
        }

        return quantized;
    }

    /// <inheritdoc/>
    public override Tensor Create(TensorShape shape, ReadOnlySpan<float> values) => _operations.Create(shape, values);

    /// <inheritdoc/>
    public override KeyValueCache CreateCache(int layers, int width, int capacity) => new CpuKeyValueCache(Memory, layers, width, capacity);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _workers.Dispose();
            Memory.Dispose();
        }
    }

    private static string InstructionSetName(InstructionSet instructions) => instructions switch
    {
        InstructionSet.Vector512 => "AVX-512",
        InstructionSet.Vector256 => "AVX2",
        _ => "scalar",
    };
}
