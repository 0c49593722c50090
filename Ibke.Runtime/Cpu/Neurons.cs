using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>
/// What the neurons of edits add to an MLP's output. With x̂ = (x − mean) / deviation and u = x̂ / max(‖x̂‖, 1e-12):
/// sparse form a = relu(u · key − τ) / (1 − τ), linear form a = x · key; y = Σ a · value.
/// </summary>
internal static unsafe partial class Neurons
{
    private const double SmallestNorm = 1e-12;

    /// <summary>destination = Σ over blocks, and over neurons in them, of a · value, added in that order.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="products">
    /// For the matrix product of many rows with many keys, whose last bits differ from those of few rows; null computes every row as it is alone.
    /// </param>
    /// <param name="x">[rows, hidden].</param>
    /// <param name="mean">[hidden].</param>
    /// <param name="deviation">[hidden].</param>
    /// <param name="blocks">[blockCount].</param>
    /// <param name="blockCount">The number of blocks.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="hidden">Values in a row.</param>
    /// <param name="destination">[rows, hidden]; not x.</param>
    public static void Forward(
        WorkerPool pool, MemoryPool? products, float* x, float* mean, float* deviation, NeuronPointers* blocks, int blockCount, int rows, int hidden,
        float* destination)
    {
        long neurons = 0;
        for (int block = 0; block < blockCount; block++)
        {
            neurons += blocks[block].Count;
        }

        // Rows are taken in groups, so that the memory of the activations stays bounded.
        int group = (int)Math.Clamp(MaximumActivations / Math.Max(1, neurons), 1, rows);
        using Scratch units = new((long)group * hidden);
        using Scratch activations = new(group * neurons);
        for (int row = 0; row < rows; row += group)
        {
            int count = Math.Min(group, rows - row);
            float* source = x + ((long)row * hidden);
            Kernel.Run(pool, count, hidden, new Directions(source, mean, deviation, hidden, units.Pointer, null));
            ActivationRows layout = new(source, units.Pointer, count, hidden, activations.Pointer);
            if (products is not null && count >= RowsOfProducts)
            {
                Activate(pool, products, blocks, blockCount, layout);
            }
            else
            {
                Kernel.Run(pool, checked((int)neurons), (long)hidden * count, new NeuronActivations(blocks, blockCount, layout));
            }

            ValueSums sums = new(blocks, blockCount, layout, destination + ((long)row * hidden));
            Kernel.Run(pool, count * ColumnGroups.Count(hidden), neurons, sums);
        }
    }

    // Activations that are held at once: 4 MiB.
    private const long MaximumActivations = 1 << 20;

    // Rows from which a matrix product pays.
    private const int RowsOfProducts = 16;

    // The activations of all blocks by matrix products.
    private static void Activate(WorkerPool pool, MemoryPool memory, NeuronPointers* blocks, int blockCount, ActivationRows layout)
    {
        long first = 0;
        for (int block = 0; block < blockCount; block++)
        {
            NeuronPointers neurons = blocks[block];
            float* activations = layout.Activations(first, neurons.Count, 0);
            PackedWeight keys = Pack(pool, memory, neurons.Keys, neurons.Count, layout.Hidden);
            MatrixProduct.WithWeight(
                pool, memory, layout.Inputs(neurons.Thresholds == null), keys, ElementType.Float32, null, layout.Count, activations);
            keys.Release();
            if (neurons.Thresholds != null)
            {
                Kernel.Run(pool, layout.Count, neurons.Count, new Thresholds(neurons, activations));
            }

            first += neurons.Count;
        }
    }

    private static PackedWeight Pack(WorkerPool pool, MemoryPool memory, float* neurons, int count, int hidden) => PackedWeight.Create(
        pool, memory, (byte*)neurons, ElementType.Float32, count, hidden, TileShape.Of(pool.Instructions).Columns);

    /// <summary>a = max(cosine − τ, 0) / (1 − τ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sparse(float cosine, float threshold)
    {
        float above = cosine - threshold;

        // Written so that what is not a number stays so.
        return above <= 0 ? 0 : above / (1 - threshold);
    }

    // Activations from products.
    private readonly struct Thresholds(NeuronPointers block, float* products) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes zero = TLanes.Create(0f), one = TLanes.Create(1f), least = TLanes.Create(float.Epsilon);
            for (int row = from; row < to; row++)
            {
                float* product = products + ((long)row * block.Count);
                for (int i = 0; i < block.Count; i += TLanes.Count)
                {
                    int rest = block.Count - i;
                    TLanes threshold = Lanes.Load<TLanes>(block.Thresholds + i, rest);
                    TLanes above = Lanes.Load<TLanes>(product + i, rest) - threshold;
                    Lanes.Store(TLanes.SelectLess(above, least, zero, above / (one - threshold)), product + i, rest);
                }
            }
        }
    }

    // Rows of x and of u, [rows, hidden], and the activations, [rows, neurons] of each block after those of the other.
    private readonly struct ActivationRows(float* x, float* units, int rows, int hidden, float* activations)
    {
        public int Count => rows;

        public int Hidden => hidden;

        public float* Inputs(bool linear) => linear ? x : units;

        // Of a block of so many neurons that comes after the first ones.
        public float* Activations(long first, int neurons, int row) => activations + (first * rows) + ((long)row * neurons);
    }

    // u of each row; also 1 / max(‖x̂‖, 1e-12) where it is asked for, 0 standing for a norm below the bound.
    private readonly struct Directions(float* x, float* mean, float* deviation, int hidden, float* units, float* inverseNorms) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                float* source = x + ((long)row * hidden);
                float* destination = units + ((long)row * hidden);
                for (int i = 0; i < hidden; i += TLanes.Count)
                {
                    int rest = hidden - i;
                    TLanes difference = Lanes.Load<TLanes>(source + i, rest) - Lanes.Load<TLanes>(mean + i, rest);
                    Lanes.Store(difference / Lanes.Load<TLanes>(deviation + i, rest, 1), destination + i, rest);
                }

                double norm = Math.Sqrt(RowReduction.Dot<TLanes>(destination, destination, hidden));
                float inverse = (float)(1 / Math.Max(norm, SmallestNorm));
                ScaledRow.Set<TLanes>(destination, inverse, hidden, destination);

                if (inverseNorms != null)
                {
                    inverseNorms[row] = norm > SmallestNorm ? inverse : 0;
                }
            }
        }
    }

    // The activations of neurons, counted through all blocks, for all rows.
    private readonly struct NeuronActivations(NeuronPointers* blocks, int blockCount, ActivationRows layout) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            int first = 0;
            for (int block = 0; block < blockCount && first < to; block++)
            {
                int start = Math.Max(from - first, 0);
                int end = Math.Min(to - first, blocks[block].Count);
                if (start < end)
                {
                    Block<TLanes>(blocks[block], first, start, end);
                }

                first += blocks[block].Count;
            }
        }

        // Four rows at a time, so that a key is read once for them.
        private void Block<TLanes>(NeuronPointers block, int first, int start, int end)
            where TLanes : struct, ILanes<TLanes>
        {
            int hidden = layout.Hidden;
            float* products = stackalloc float[4];
            for (int row = 0; row < layout.Count; row += 4)
            {
                float* input = layout.Inputs(block.Thresholds == null) + ((long)row * hidden);
                int rows = Math.Min(4, layout.Count - row);
                for (int neuron = start; neuron < end; neuron++)
                {
                    float* key = block.Keys + ((long)neuron * hidden);
                    if (rows == 4)
                    {
                        RowReduction.DotFour<TLanes>(input, key, hidden, products);
                    }
                    else
                    {
                        for (int i = 0; i < rows; i++)
                        {
                            products[i] = RowReduction.Dot<TLanes>(input + ((long)i * hidden), key, hidden);
                        }
                    }

                    for (int i = 0; i < rows; i++)
                    {
                        layout.Activations(first, block.Count, row + i)[neuron] =
                            block.Thresholds == null ? products[i] : Sparse(products[i], block.Thresholds[neuron]);
                    }
                }
            }
        }
    }

    // Groups of columns of a row; items are row · groups + group.
    private readonly struct ValueSums(NeuronPointers* blocks, int blockCount, ActivationRows layout, float* destination) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            int groups = ColumnGroups.Count(layout.Hidden);
            for (int item = from; item < to; item++)
            {
                int row = item / groups;
                int column = item % groups * ColumnGroups.Size;
                float* target = destination + ((long)row * layout.Hidden) + column;
                Columns<TLanes>(row, column, Math.Min(ColumnGroups.Size, layout.Hidden - column), target);
            }
        }

        [MethodImpl(Kernel.HotLoop)]
        private void Columns<TLanes>(int row, int column, int width, float* target)
            where TLanes : struct, ILanes<TLanes>
        {
            float* sums = stackalloc float[ColumnGroups.Size];
            new Span<float>(sums, ColumnGroups.Size).Clear();
            long first = 0;
            for (int block = 0; block < blockCount; block++)
            {
                int count = blocks[block].Count;
                float* activations = layout.Activations(first, count, row);
                for (int neuron = NextActive(activations, 0, count); neuron < count; neuron = NextActive(activations, neuron + 1, count))
                {
                    float* value = blocks[block].Values + ((long)neuron * layout.Hidden) + column;
                    TLanes factor = TLanes.Create(activations[neuron]);
                    for (int i = 0; i < width; i += TLanes.Count)
                    {
                        TLanes sum = TLanes.MultiplyAdd(Lanes.Load<TLanes>(value + i, width - i), factor, TLanes.Load(sums + i));
                        TLanes.Store(sum, sums + i);
                    }
                }

                first += count;
            }

            new ReadOnlySpan<float>(sums, width).CopyTo(new Span<float>(target, width));
        }

        // Most neurons are silent; their bits are those of zero, which many at a time are compared with.
        private static int NextActive(float* activations, int from, int count)
        {
            int index = new ReadOnlySpan<int>(activations + from, count - from).IndexOfAnyExcept(0);
            return index < 0 ? count : from + index;
        }
    }
}
