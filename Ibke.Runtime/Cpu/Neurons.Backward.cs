using System.Runtime.CompilerServices;

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
        long products = (long)rows * block.Count;
        using Scratch units = new((long)rows * hidden);
        using Scratch inverseNorms = new(rows);
        using Scratch activations = new(products);
        using Scratch slopes = new(products);
        using Scratch thresholdSlopes = new(products);
        bool linear = block.Thresholds == null;
        if (!linear)
        {
            Kernel.Run(pool, rows, hidden, new Directions(x, mean, deviation, hidden, units.Pointer, inverseNorms.Pointer));
        }

        float* inputs = linear ? x : units.Pointer;
        long work = 2L * block.Count * hidden;
        Kernel.Run(
            pool, rows, work, new RowSlopes(inputs, block, gradient, hidden, activations.Pointer, slopes.Pointer, thresholdSlopes.Pointer));
        if (xGradient != null)
        {
            float* norms = linear ? null : inverseNorms.Pointer;
            Kernel.Run(pool, rows, work, new InputSlopes(inputs, norms, deviation, block, slopes.Pointer, hidden, xGradient));
        }

        NeuronSlopes neurons = new(inputs, gradient, activations.Pointer, slopes.Pointer, rows, block.Count, hidden, keysGradient, valuesGradient);
        Kernel.Run(pool, block.Count, 2L * rows * hidden, neurons);
        if (thresholdsGradient != null && !linear)
        {
            for (long i = 0; i < products; i++)
            {
                thresholdsGradient[i % block.Count] += thresholdSlopes.Pointer[i];
            }
        }
    }

    // [rows, neurons] each: activations, gradients of the dot products, gradients of the thresholds.
    private readonly struct RowSlopes(
        float* inputs, NeuronPointers block, float* gradient, int hidden, float* activations, float* slopes, float* thresholdSlopes) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                for (int neuron = 0; neuron < block.Count; neuron++)
                {
                    long at = ((long)row * block.Count) + neuron;
                    float product = RowReduction.Dot<TLanes>(inputs + ((long)row * hidden), block.Keys + ((long)neuron * hidden), hidden);
                    float upstream = RowReduction.Dot<TLanes>(gradient + ((long)row * hidden), block.Values + ((long)neuron * hidden), hidden);
                    if (block.Thresholds == null)
                    {
                        activations[at] = product;
                        slopes[at] = upstream;
                        continue;
                    }

                    float threshold = block.Thresholds[neuron];
                    float activation = Sparse(product, threshold);
                    float slope = activation == 0 ? 0 : upstream / (1 - threshold);
                    activations[at] = activation;
                    slopes[at] = slope;
                    thresholdSlopes[at] = slope * (product - 1) / (1 - threshold);
                }
            }
        }
    }

    // xGradient of a row; norms are null in the linear form.
    private readonly struct InputSlopes(
        float* inputs, float* inverseNorms, float* deviation, NeuronPointers block, float* slopes, int hidden, float* xGradient) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            using Scratch sums = new(hidden);
            for (int row = from; row < to; row++)
            {
                float* destination = xGradient + ((long)row * hidden);
                SumKeys<TLanes>(slopes + ((long)row * block.Count), sums.Pointer);
                float* input = inputs + ((long)row * hidden);
                float inverse = inverseNorms == null ? 1 : inverseNorms[row];
                TLanes factor = TLanes.Create(inverse == 0 ? (float)(1 / SmallestNorm) : inverse);

                // Where the norm was below its bound, u is proportional to x̂ and nothing is projected out.
                bool projected = inverseNorms != null && inverse != 0;
                TLanes along = TLanes.Create(projected ? RowReduction.Dot<TLanes>(input, sums.Pointer, hidden) : 0);
                for (int i = 0; i < hidden; i += TLanes.Count)
                {
                    int rest = hidden - i;
                    TLanes slope = Lanes.Load<TLanes>(sums.Pointer + i, rest);
                    if (inverseNorms != null)
                    {
                        slope = (slope - (Lanes.Load<TLanes>(input + i, rest) * along)) * factor / Lanes.Load<TLanes>(deviation + i, rest, 1);
                    }

                    Lanes.Store(Lanes.Load<TLanes>(destination + i, rest) + slope, destination + i, rest);
                }
            }
        }

        // sums = Σ slope · key.
        private void SumKeys<TLanes>(float* rowSlopes, float* sums)
            where TLanes : struct, ILanes<TLanes>
        {
            new Span<float>(sums, hidden).Clear();
            for (int neuron = 0; neuron < block.Count; neuron++)
            {
                if (rowSlopes[neuron] != 0)
                {
                    ScaledRow.Add<TLanes>(block.Keys + ((long)neuron * hidden), rowSlopes[neuron], hidden, sums);
                }
            }
        }
    }

    // Gradients of the key and the value of a neuron, summed over the rows in their order.
    private readonly struct NeuronSlopes(
        float* inputs,
        float* gradient,
        float* activations,
        float* slopes,
        int rows,
        int neurons,
        int hidden,
        float* keysGradient,
        float* valuesGradient) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int neuron = from; neuron < to; neuron++)
            {
                for (int row = 0; row < rows; row++)
                {
                    long at = ((long)row * neurons) + neuron;
                    if (keysGradient != null && slopes[at] != 0)
                    {
                        ScaledRow.Add<TLanes>(inputs + ((long)row * hidden), slopes[at], hidden, keysGradient + ((long)neuron * hidden));
                    }

                    if (valuesGradient != null && activations[at] != 0)
                    {
                        ScaledRow.Add<TLanes>(gradient + ((long)row * hidden), activations[at], hidden, valuesGradient + ((long)neuron * hidden));
                    }
                }
            }
        }
    }
}
