using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>The operations on the processor: each checks shapes, takes memory for its result and calls one kernel.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed unsafe partial class CpuOperations(MemoryPool memory, WorkerPool workers) : Operations
{
    private readonly ArrangedNeurons<NeuronCopy> _neuronCopies = new(blocks => new NeuronCopy(blocks, memory), calls: 32);
    private readonly ArrangedNeurons<RecallScreen> _recallScreens = new(blocks => new RecallScreen(blocks, workers, memory), calls: 1);

    /// <summary>Where results take their memory from.</summary>
    public MemoryPool Memory => memory;

    /// <summary>The threads that compute.</summary>
    public WorkerPool Workers => workers;

    /// <summary>A tensor of any content.</summary>
    public CpuTensor Allocate(TensorShape shape) => new(shape, ElementType.Float32, new CpuStorage(memory, shape.Count * sizeof(float)));

    /// <summary>A tensor of zeros.</summary>
    public CpuTensor Zeros(TensorShape shape)
    {
        CpuTensor zeros = Allocate(shape);
        using TensorReading y = new(zeros, memory);
        ForEachRange(shape.Count, (nint)y.Values, static (values, from, count) => new Span<float>((float*)values + from, count).Clear());
        return zeros;
    }

    /// <summary>The same float32 values in memory of their own.</summary>
    public CpuTensor Copy(CpuTensor tensor)
    {
        using TensorReading x = new(tensor, memory);
        CpuTensor copy = Allocate(tensor.Shape);
        using TensorReading y = new(copy, memory);
        ForEachRange(tensor.Shape.Count, (x: (nint)x.Values, y: (nint)y.Values), static (s, from, count) =>
            new ReadOnlySpan<float>((float*)s.x + from, count).CopyTo(new Span<float>((float*)s.y + from, count)));
        return copy;
    }

    /// <summary>Copies values into a new tensor.</summary>
    public CpuTensor Create(TensorShape shape, ReadOnlySpan<float> values)
    {
        if (values.Length != shape.Count)
        {
            throw new ArgumentException($"Create: {shape} has {shape.Count} values, there are {values.Length}.", nameof(values));
        }

        CpuTensor tensor = Allocate(shape);
        using TensorReading y = new(tensor, memory);
        values.CopyTo(new Span<float>(y.Values, values.Length));
        return tensor;
    }

    /// <summary>The tensor as one of this kind of engine.</summary>
    /// <exception cref="ArgumentException">It belongs to another engine.</exception>
    public static CpuTensor Own(Tensor tensor, [CallerMemberName] string operation = "")
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor as CpuTensor
            ?? throw new ArgumentException($"{operation}: a tensor of shape {tensor.Shape} belongs to another engine.", nameof(tensor));
    }

    private TensorReading Read(Tensor? tensor, [CallerMemberName] string operation = "") =>
        new(tensor is null ? null : OwnValues(tensor, operation), memory);

    /// <summary>As <see cref="Own"/>, for all that is not the weight of a linear layer.</summary>
    private static CpuTensor OwnValues(Tensor tensor, string operation) => tensor.ElementType == ElementType.Int8Block32
        ? throw new ArgumentException($"{operation}: a matrix of 8-bit blocks, {tensor.Shape}, can only be the weight of Linear.")
        : Own(tensor, operation);

    // Calls the body for consecutive ranges of so many values on all threads.
    private void ForEachRange<TState>(long count, TState state, Action<TState, long, int> body)
    {
        const int Range = 1 << 16;
        int ranges = (int)((count + Range - 1) / Range);
        workers.For(ranges, 1, (count, state, body), static (s, from, to) =>
        {
            for (long range = from; range < to; range++)
            {
                s.body(s.state, range * Range, (int)Math.Min(Range, s.count - (range * Range)));
            }
        });
    }

    private static int Count(Tensor tensor, [CallerMemberName] string operation = "") => tensor.Shape.Count <= int.MaxValue
        ? (int)tensor.Shape.Count
        : throw new ArgumentException($"{operation}: {tensor.Shape} has more values than one tensor may have ({int.MaxValue}).");

    private static void Require(bool condition, string demand, Tensor a, Tensor? b = null, [CallerMemberName] string operation = "")
    {
        if (!condition)
        {
            throw new ArgumentException($"{operation}: {demand}, not {a.Shape}{(b is null ? "" : $" and {b.Shape}")}.");
        }
    }

    private static TensorShape WithColumns(TensorShape shape, int columns)
    {
        if (shape.Rank == 0)
        {
            return new TensorShape(columns);
        }

        Span<int> sizes = stackalloc int[shape.Rank];
        for (int i = 0; i < sizes.Length - 1; i++)
        {
            sizes[i] = shape[i];
        }

        sizes[^1] = columns;
        return new TensorShape(sizes);
    }
}
