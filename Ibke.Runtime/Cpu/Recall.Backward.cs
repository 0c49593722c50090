using System.Runtime.CompilerServices;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Cpu;

/// <content>Gradients.</content>
internal static unsafe partial class Recall
{
    /// <summary>
    /// With bⱼ = gradient · valueⱼ and q = Σ wⱼ aⱼ bⱼ: of the values Σ over rows of wⱼ aⱼ gradient; of γ Σ wⱼ aⱼ (aⱼ bⱼ − q); of aⱼ wⱼ bⱼ + γ wⱼ (aⱼ bⱼ − q), where
    /// aⱼ > 0, and from there cⱼ = that / (1 − τⱼ) of u · keyⱼ and cⱼ (aⱼ − 1) of τⱼ. All are added.
    /// </summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="memory">For products.</param>
    /// <param name="directions">[rows, key size].</param>
    /// <param name="sharpness">γ.</param>
    /// <param name="neurons">The neurons.</param>
    /// <param name="gradient">[rows, value size].</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="directionsGradient">[rows, key size]; may be null.</param>
    /// <param name="sharpnessGradient">[1]; may be null.</param>
    /// <param name="blockGradients">For each block where to add; its pointers may be null.</param>
    public static void Backward(
        WorkerPool pool,
        MemoryPool memory,
        float* directions,
        float sharpness,
        RecalledNeurons neurons,
        float* gradient,
        int rows,
        float* directionsGradient,
        float* sharpnessGradient,
        NeuronPointers[] blockGradients)
    {
        int group = RowsAtOnce(neurons, rows);
        long size = (long)group * neurons.Count;
        using Scratch activations = new(size);
        using Scratch shares = new(size);
        using Scratch slopes = new(size);
        using Scratch sharpnessSlopes = new(group);
        using ArrangedKeys transposed = new(neurons, transposed: true, wanted: true);
        using ArrangedKeys keys = new(neurons, transposed: false, wanted: directionsGradient != null);
        double ofSharpness = 0;
        for (int row = 0; row < rows; row += group)
        {
            int count = Math.Min(group, rows - row);
            float* inputs = directions + ((long)row * neurons.KeySize);
            float* upstream = gradient + ((long)row * neurons.ValueSize);
            Similarities(pool, memory, inputs, neurons, transposed.Pointer, count, activations.Pointer);
            Slopes kernel = new(activations.Pointer, shares.Pointer, slopes.Pointer, sharpnessSlopes.Pointer, sharpness, neurons, upstream);
            Kernel.Run(pool, count, neurons.Count, kernel);
            foreach (float slope in new ReadOnlySpan<float>(sharpnessSlopes.Pointer, count))
            {
                ofSharpness += slope;
            }

            if (directionsGradient != null)
            {
                MatrixProduct.Multiply(
                    pool, memory, slopes.Pointer, neurons.Count, 1, (byte*)keys.Pointer, ElementType.Float32, count, neurons.Count, neurons.KeySize,
                    add: true, directionsGradient + ((long)row * neurons.KeySize));
            }

            for (int block = 0, first = 0; block < neurons.Blocks; first += neurons[block++].Count)
            {
                NeuronSlopes(pool, memory, new Columns(first, neurons.Count, count), neurons, blockGradients[block], inputs, upstream,
                    activations.Pointer, shares.Pointer, slopes.Pointer);
            }
        }

        if (sharpnessGradient != null)
        {
            *sharpnessGradient += (float)ofSharpness;
        }
    }

    // What a group of rows adds to the gradients of one block: columns of the matrices [rows, neurons].
    private static void NeuronSlopes(
        WorkerPool pool, MemoryPool memory, Columns columns, RecalledNeurons neurons, NeuronPointers block, float* inputs, float* upstream,
        float* activations, float* shares, float* slopes)
    {
        if (block.Values != null)
        {
            MatrixProduct.Multiply(
                pool, memory, shares + columns.First, 1, columns.Stride, (byte*)upstream, ElementType.Float32, block.Count, columns.Rows, neurons.ValueSize,
                add: true, block.Values);
        }

        if (block.Keys != null)
        {
            MatrixProduct.Multiply(
                pool, memory, slopes + columns.First, 1, columns.Stride, (byte*)inputs, ElementType.Float32, block.Count, columns.Rows, neurons.KeySize,
                add: true, block.Keys);
        }

        for (int row = 0; row < columns.Rows && block.Thresholds != null; row++)
        {
            long start = ((long)row * columns.Stride) + columns.First;
            for (int i = 0; i < block.Count; i++)
            {
                block.Thresholds[i] += slopes[start + i] * (activations[start + i] - 1);
            }
        }
    }

    // The columns of one block in matrices of all neurons.
    private readonly record struct Columns(int First, int Stride, int Rows);

    // [rows, neurons] each: a; w a, the share of a value; the gradient of u · key. And for each row the gradient of γ.
    private readonly struct Slopes(
        float* similarities, float* shares, float* slopes, float* sharpnessSlopes, float sharpness, RecalledNeurons neurons, float* gradient) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                long start = (long)row * neurons.Count;
                new Span<float>(shares + start, neurons.Count).Clear();
                new Span<float>(slopes + start, neurons.Count).Clear();
                Activate<TLanes>(similarities + start, neurons);
                sharpnessSlopes[row] = Row<TLanes>(start, gradient + ((long)row * neurons.ValueSize));
            }
        }

        [MethodImpl(Kernel.HotLoop)]
        private float Row<TLanes>(long start, float* upstream)
            where TLanes : struct, ILanes<TLanes>
        {
            (float largest, float total) = Competition(similarities + start, neurons.Count, sharpness);
            float sum = 0; // q
            for (int block = 0, first = 0; block < neurons.Blocks; first += neurons[block++].Count)
            {
                float* activations = similarities + start + first;
                int count = neurons[block].Count;
                for (int i = NextActive(activations, 0, count); i < count; i = NextActive(activations, i + 1, count))
                {
                    float weight = MathF.Exp(sharpness * (activations[i] - largest)) / total;
                    float wanted = RowReduction.Dot<TLanes>(upstream, neurons[block].Values + ((long)i * neurons.ValueSize), neurons.ValueSize);
                    shares[start + first + i] = weight * activations[i];
                    slopes[start + first + i] = wanted; // b, until q is known
                    sum += weight * activations[i] * wanted;
                }
            }

            float ofSharpness = 0;
            for (int block = 0, first = 0; block < neurons.Blocks; first += neurons[block++].Count)
            {
                float* activations = similarities + start + first;
                int count = neurons[block].Count;
                for (int i = NextActive(activations, 0, count); i < count; i = NextActive(activations, i + 1, count))
                {
                    long at = start + first + i;
                    float weight = shares[at] / activations[i];
                    float more = (activations[i] * slopes[at]) - sum;
                    ofSharpness += shares[at] * more;
                    slopes[at] = weight * (slopes[at] + (sharpness * more)) / (1 - neurons[block].Thresholds[i]);
                }
            }

            return ofSharpness;
        }
    }
}
