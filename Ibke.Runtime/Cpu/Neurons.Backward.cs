using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>Gradients.</content>
internal static unsafe partial class Neurons
{
    /// <summary>
    /// Adds the gradients of one block; the forward pass is linear in the blocks, so they are taken one by one. With b = gradient · value:
    /// valuesGradient += Σ over rows of a · gradient; sparse and active: c = b / (1 − τ), keysGradient += Σ c u, thresholdsGradient += Σ b (u · key − 1) / (1 − τ)²,
    /// xGradient += (s − u (u · s)) / ‖x̂‖ / deviation with s = Σ c key; linear: keysGradient += Σ b x, xGradient += Σ b key.
    /// Each destination may be null.
    /// </summary>
    public static void Backward(
        WorkerPool pool,
        MemoryPool memory,
        float* x,
        float* mean,
        float* deviation,
        NeuronPointers block,
        float* gradient,
        int rows,
        int hidden,
        float* xGradient,
        float* keysGradient,
        float* thresholdsGradient,
        float* valuesGradient)
    {
        int group = (int)Math.Clamp(MaximumProducts / Math.Max(1, block.Count), 1, rows);
        using Scratch units = new((long)group * hidden);
        using Scratch sums = new((long)group * hidden);
        using Scratch inverseNorms = new(group);
        using Scratch activations = new((long)group * block.Count);
        using Scratch slopes = new((long)group * block.Count);
        bool linear = block.Thresholds == null;
        PackedWeight keys = Pack(pool, memory, block.Keys, block.Count, hidden), values = Pack(pool, memory, block.Values, block.Count, hidden);
        for (int row = 0; row < rows; row += group)
        {
            int count = Math.Min(group, rows - row);
            float* source = x + ((long)row * hidden);
            byte* upstream = (byte*)(gradient + ((long)row * hidden));
            float* inputs = linear ? source : units.Pointer;
            if (!linear)
            {
                Kernel.Run(pool, count, hidden, new Directions(source, mean, deviation, hidden, units.Pointer, inverseNorms.Pointer));
            }

            MatrixProduct.WithWeight(pool, memory, inputs, keys, ElementType.Float32, null, count, activations.Pointer);
            MatrixProduct.WithWeight(pool, memory, (float*)upstream, values, ElementType.Float32, null, count, slopes.Pointer);
            if (!linear)
            {
                ActivationSlopes kernel = new(block, activations.Pointer, slopes.Pointer, count, thresholdsGradient);
                Kernel.Run(pool, ColumnGroups.Count(block.Count), (long)count * ColumnGroups.Size, kernel);
            }

            if (keysGradient != null)
            {
                MatrixProduct.Multiply(
                    pool, memory, slopes.Pointer, 1, block.Count, (byte*)inputs, ElementType.Float32, block.Count, count, hidden, true, keysGradient);
            }

            if (valuesGradient != null)
            {
                MatrixProduct.Multiply(
                    pool, memory, activations.Pointer, 1, block.Count, upstream, ElementType.Float32, block.Count, count, hidden, true, valuesGradient);
            }

            if (xGradient != null)
            {
                MatrixProduct.Multiply(
                    pool, memory, slopes.Pointer, block.Count, 1, (byte*)block.Keys, ElementType.Float32, count, block.Count, hidden, false, sums.Pointer);
                float* norms = linear ? null : inverseNorms.Pointer;
                Kernel.Run(pool, count, 2L * hidden, new InputSlopes(inputs, norms, deviation, sums.Pointer, hidden, xGradient + ((long)row * hidden)));
            }
        }

        keys.Release();
        values.Release();
    }

    // Activations that are held at once, and slopes beside them: 16 MiB each.
    private const long MaximumProducts = 1 << 22;

    // Products of keys become activations, those of values their slopes: [rows, neurons] both. Items are groups of neurons, summed over rows.
    private readonly struct ActivationSlopes(
        NeuronPointers block, float* activations, float* slopes, int rows, float* thresholdsGradient) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes zero = TLanes.Create(0f), one = TLanes.Create(1f), least = TLanes.Create(float.Epsilon);
            int last = Math.Min(block.Count, to * ColumnGroups.Size);
            for (int neuron = from * ColumnGroups.Size; neuron < last; neuron += TLanes.Count)
            {
                int rest = last - neuron;
                TLanes threshold = Lanes.Load<TLanes>(block.Thresholds + neuron, rest);
                TLanes width = one - threshold;
                TLanes sum = zero;
                for (int row = 0; row < rows; row++)
                {
                    long at = ((long)row * block.Count) + neuron;
                    TLanes product = Lanes.Load<TLanes>(activations + at, rest);
                    TLanes above = product - threshold;
                    TLanes slope = TLanes.SelectLess(above, least, zero, Lanes.Load<TLanes>(slopes + at, rest) / width);
                    Lanes.Store(TLanes.SelectLess(above, least, zero, above / width), activations + at, rest);
                    Lanes.Store(slope, slopes + at, rest);
                    sum += slope * (product - one) / width;
                }

                if (thresholdsGradient != null)
                {
                    Lanes.Store(Lanes.Load<TLanes>(thresholdsGradient + neuron, rest) + sum, thresholdsGradient + neuron, rest);
                }
            }
        }
    }

    // xGradient of a row from Σ slope · key; norms are null in the linear form.
    private readonly struct InputSlopes(
        float* inputs, float* inverseNorms, float* deviation, float* sums, int hidden, float* xGradient) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                float* destination = xGradient + ((long)row * hidden);
                float* sum = sums + ((long)row * hidden);
                float* input = inputs + ((long)row * hidden);
                float inverse = inverseNorms == null ? 1 : inverseNorms[row];
                TLanes factor = TLanes.Create(inverse == 0 ? (float)(1 / SmallestNorm) : inverse);

                // Where the norm was below its bound, u is proportional to x̂ and nothing is projected out.
                bool projected = inverseNorms != null && inverse != 0;
                TLanes along = TLanes.Create(projected ? RowReduction.Dot<TLanes>(input, sum, hidden) : 0);
                for (int i = 0; i < hidden; i += TLanes.Count)
                {
                    int rest = hidden - i;
                    TLanes slope = Lanes.Load<TLanes>(sum + i, rest);
                    if (inverseNorms != null)
                    {
                        slope = (slope - (Lanes.Load<TLanes>(input + i, rest) * along)) * factor / Lanes.Load<TLanes>(deviation + i, rest, 1);
                    }

                    Lanes.Store(Lanes.Load<TLanes>(destination + i, rest) + slope, destination + i, rest);
                }
            }
        }
    }
}
