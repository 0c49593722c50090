using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// Neurons that compete: y = Σ wⱼ aⱼ valueⱼ with aⱼ = max(u · keyⱼ − τⱼ, 0) / (1 − τⱼ) and wⱼ = exp(γ aⱼ) / Σ exp(γ aₖ) over the k with aₖ > 0.
/// </summary>
internal static unsafe partial class Recall
{
    /// <summary>Rows from which it pays to arrange the keys for a matrix product.</summary>
    private const int RowsWorthArranging = 8;

    // Activations that are held at once: 4 MiB.
    private const long MaximumActivations = 1 << 20;

    /// <summary>Overwrites the destination.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="memory">For arranging keys.</param>
    /// <param name="directions">[rows, key size]: u.</param>
    /// <param name="sharpness">γ.</param>
    /// <param name="neurons">The neurons, summed in their order.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="destination">[rows, value size].</param>
    public static void Forward(
        WorkerPool pool, MemoryPool memory, float* directions, float sharpness, RecalledNeurons neurons, int rows, float* destination)
    {
        int group = RowsAtOnce(neurons, rows);
        using Scratch activations = new((long)group * neurons.Count);
        using ArrangedKeys keys = new(neurons, transposed: true, wanted: rows >= RowsWorthArranging);
        for (int row = 0; row < rows; row += group)
        {
            int count = Math.Min(group, rows - row);
            Similarities(pool, memory, directions + ((long)row * neurons.KeySize), neurons, keys.Pointer, count, activations.Pointer);
            float* target = destination + ((long)row * neurons.ValueSize);
            Kernel.Run(pool, count, neurons.Count, new Answers(activations.Pointer, sharpness, neurons, target));
        }
    }

    private static int RowsAtOnce(RecalledNeurons neurons, int rows) =>
        (int)Math.Clamp(MaximumActivations / Math.Max(1, neurons.Count), 1, rows);

    // u · key of rows and all neurons. [rows, neurons]
    private static void Similarities(
        WorkerPool pool, MemoryPool memory, float* directions, RecalledNeurons neurons, float* transposedKeys, int rows, float* result)
    {
        if (transposedKeys == null)
        {
            Kernel.Run(pool, neurons.Count, (long)neurons.KeySize * rows, new Dots(directions, neurons, rows, result));
            return;
        }

        MatrixProduct.Multiply(
            pool, memory, directions, neurons.KeySize, 1, (byte*)transposedKeys, ElementType.Float32, rows, neurons.KeySize, neurons.Count, add: false, result);
    }

    // Similarities become activations, in place: a of one row and all neurons.
    [MethodImpl(Kernel.HotLoop)]
    private static void Activate<TLanes>(float* row, RecalledNeurons neurons)
        where TLanes : struct, ILanes<TLanes>
    {
        for (int block = 0; block < neurons.Blocks; block++)
        {
            float* thresholds = neurons[block].Thresholds;
            int count = neurons[block].Count;
            for (int i = 0; i < count; i += TLanes.Count)
            {
                int rest = count - i;
                TLanes threshold = Lanes.Load<TLanes>(thresholds + i, rest);
                TLanes above = Lanes.Load<TLanes>(row + i, rest) - threshold;

                // Written so that what is not a number stays so.
                TLanes none = TLanes.Create(0f);
                TLanes active = TLanes.SelectLess(none, above, above / (TLanes.Create(1f) - threshold), TLanes.SelectLess(above, none, none, above));
                Lanes.Store(active, row + i, rest);
            }

            row += count;
        }
    }

    // Most neurons are silent; their bits are those of zero, which many at a time are compared with.
    private static int NextActive(float* activations, int from, int count)
    {
        int index = new ReadOnlySpan<int>(activations + from, count - from).IndexOfAnyExcept(0);
        return index < 0 ? count : from + index;
    }

    // The largest activation, and Σ exp(γ (a − largest)) over the active ones.
    private static (float Largest, float Total) Competition(float* activations, int count, float sharpness)
    {
        float largest = 0, total = 0;
        for (int i = NextActive(activations, 0, count); i < count; i = NextActive(activations, i + 1, count))
        {
            largest = Math.Max(largest, activations[i]);
        }

        for (int i = NextActive(activations, 0, count); i < count; i = NextActive(activations, i + 1, count))
        {
            total += MathF.Exp(sharpness * (activations[i] - largest));
        }

        return (largest, total);
    }

    // All keys side by side, as they are or transposed; none where they are not wanted.
    private ref struct ArrangedKeys
    {
        private Scratch _memory;

        public ArrangedKeys(RecalledNeurons neurons, bool transposed, bool wanted)
        {
            if (!wanted)
            {
                return;
            }

            _memory = new Scratch((long)neurons.Count * neurons.KeySize);
            long first = 0;
            for (int block = 0; block < neurons.Blocks; block++)
            {
                float* keys = neurons[block].Keys;
                (int count, int size) = (neurons[block].Count, neurons.KeySize);
                if (transposed)
                {
                    Transposition.Pack(keys, size, count, size, Pointer + first, neurons.Count);
                }
                else
                {
                    Buffer.MemoryCopy(keys, Pointer + (first * size), sizeof(float) * (long)count * size, sizeof(float) * (long)count * size);
                }

                first += count;
            }
        }

        public readonly float* Pointer => _memory.Pointer;

        public void Dispose() => _memory.Dispose();
    }

    private readonly struct Dots(float* directions, RecalledNeurons neurons, int rows, float* result) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            int first = 0;
            for (int block = 0; block < neurons.Blocks && first < to; block++)
            {
                int end = Math.Min(to - first, neurons[block].Count);
                for (int neuron = Math.Max(from - first, 0); neuron < end; neuron++)
                {
                    float* key = neurons[block].Keys + ((long)neuron * neurons.KeySize);
                    for (int row = 0; row < rows; row++)
                    {
                        float* direction = directions + ((long)row * neurons.KeySize);
                        result[((long)row * neurons.Count) + first + neuron] = RowReduction.Dot<TLanes>(direction, key, neurons.KeySize);
                    }
                }

                first += neurons[block].Count;
            }
        }
    }

    private readonly struct Answers(float* similarities, float sharpness, RecalledNeurons neurons, float* destination) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                float* activations = similarities + ((long)row * neurons.Count);
                float* target = destination + ((long)row * neurons.ValueSize);
                new Span<float>(target, neurons.ValueSize).Clear();
                Activate<TLanes>(activations, neurons);
                (float largest, float total) = Competition(activations, neurons.Count, sharpness);
                for (int block = 0; block < neurons.Blocks; activations += neurons[block++].Count)
                {
                    int count = neurons[block].Count;
                    for (int i = NextActive(activations, 0, count); i < count; i = NextActive(activations, i + 1, count))
                    {
                        float weight = MathF.Exp(sharpness * (activations[i] - largest)) / total;
                        ScaledRow.Add<TLanes>(neurons[block].Values + ((long)i * neurons.ValueSize), weight * activations[i], neurons.ValueSize, target);
                    }
                }
            }
        }
    }
}
