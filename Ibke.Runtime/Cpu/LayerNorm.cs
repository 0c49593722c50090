using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>y = (x − mean) / √(variance + ε) · w + b over each row (Ba et al., 2016), the variance over all columns.</summary>
internal static unsafe class LayerNorm
{
    /// <summary>destination = norm(x). The destination may be x.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="weight">[columns].</param>
    /// <param name="bias">[columns], or null.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The length of a row.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="destination">[rows, columns].</param>
    public static void Forward(
        WorkerPool pool, float* x, float* weight, float* bias, int rows, int columns, float epsilon, float* destination) =>
        Kernel.Run(pool, rows, columns, new Values(x, weight, bias, columns, epsilon, destination));

    /// <summary>
    /// With x̂ = (x − mean) s, s = 1 / √(variance + ε) and h = gradient · w: xGradient += s (h − mean(h) − x̂ mean(h x̂));
    /// weightGradient += Σ over rows of gradient · x̂; biasGradient += Σ over rows of gradient. Each may be null.
    /// </summary>
    public static void Backward(
        WorkerPool pool,
        float* x,
        float* weight,
        float* gradient,
        int rows,
        int columns,
        float epsilon,
        float* xGradient,
        float* weightGradient,
        float* biasGradient)
    {
        // [rows, 2]: mean and scale of each row, for the second kernel.
        using Scratch statistics = new(2L * rows);
        Kernel.Run(pool, rows, columns, new RowSlopes(x, weight, gradient, columns, epsilon, statistics.Pointer, xGradient));
        if (weightGradient != null || biasGradient != null)
        {
            ParameterSlopes slopes = new(x, gradient, statistics.Pointer, rows, columns, weightGradient, biasGradient);
            Kernel.Run(pool, ColumnGroups.Count(columns), (long)rows * ColumnGroups.Size, slopes);
        }
    }

    [MethodImpl(Kernel.HotLoop)]
    private static (float Mean, float Scale) Statistics<TLanes>(float* x, int columns, float epsilon)
        where TLanes : struct, ILanes<TLanes>
    {
        float mean = RowReduction.Sum<TLanes>(x, columns) / columns;
        TLanes centre = TLanes.Create(mean);
        TLanes squares = TLanes.Create(0f);
        for (int i = 0; i < columns; i += TLanes.Count)
        {
            TLanes difference = Lanes.Load<TLanes>(x + i, columns - i, mean) - centre;
            squares = TLanes.MultiplyAdd(difference, difference, squares);
        }

        return (mean, (float)(1 / Math.Sqrt(((double)TLanes.Sum(squares) / columns) + epsilon)));
    }

    private readonly struct Values(float* x, float* weight, float* bias, int columns, float epsilon, float* y) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                float* source = x + ((long)row * columns);
                float* destination = y + ((long)row * columns);
                (float mean, float scale) = Statistics<TLanes>(source, columns, epsilon);
                TLanes centre = TLanes.Create(mean);
                TLanes factor = TLanes.Create(scale);
                for (int i = 0; i < columns; i += TLanes.Count)
                {
                    int rest = columns - i;
                    TLanes normalised = (Lanes.Load<TLanes>(source + i, rest) - centre) * factor;
                    TLanes shift = bias == null ? TLanes.Create(0f) : Lanes.Load<TLanes>(bias + i, rest);
                    Lanes.Store(TLanes.MultiplyAdd(normalised, Lanes.Load<TLanes>(weight + i, rest), shift), destination + i, rest);
                }
            }
        }
    }

    private readonly struct RowSlopes(
        float* x, float* weight, float* gradient, int columns, float epsilon, float* statistics, float* xGradient) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                float* source = x + ((long)row * columns);
                (float mean, float scale) = Statistics<TLanes>(source, columns, epsilon);
                statistics[2 * row] = mean;
                statistics[(2 * row) + 1] = scale;
                if (xGradient != null)
                {
                    Row<TLanes>(source, gradient + ((long)row * columns), mean, scale, xGradient + ((long)row * columns));
                }
            }
        }

        [MethodImpl(Kernel.HotLoop)]
        private void Row<TLanes>(float* source, float* upstream, float mean, float scale, float* destination)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes centre = TLanes.Create(mean);
            TLanes factor = TLanes.Create(scale);
            TLanes sum = TLanes.Create(0f), product = sum;
            for (int i = 0; i < columns; i += TLanes.Count)
            {
                int rest = columns - i;
                TLanes h = Lanes.Load<TLanes>(upstream + i, rest) * Lanes.Load<TLanes>(weight + i, rest);
                sum += h;
                product = TLanes.MultiplyAdd(h, (Lanes.Load<TLanes>(source + i, rest) - centre) * factor, product);
            }

            TLanes meanH = TLanes.Create(TLanes.Sum(sum) / columns);
            TLanes meanProduct = TLanes.Create(TLanes.Sum(product) / columns);
            for (int i = 0; i < columns; i += TLanes.Count)
            {
                int rest = columns - i;
                TLanes h = Lanes.Load<TLanes>(upstream + i, rest) * Lanes.Load<TLanes>(weight + i, rest);
                TLanes normalised = (Lanes.Load<TLanes>(source + i, rest) - centre) * factor;
                TLanes slope = h - meanH - (normalised * meanProduct);
                Lanes.Store(TLanes.MultiplyAdd(slope, factor, Lanes.Load<TLanes>(destination + i, rest)), destination + i, rest);
            }
        }
    }

    private readonly struct ParameterSlopes(
        float* x, float* gradient, float* statistics, int rows, int columns, float* weightGradient, float* biasGradient) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            int last = Math.Min(columns, to * ColumnGroups.Size);
            for (int column = from * ColumnGroups.Size; column < last; column += TLanes.Count)
            {
                int rest = last - column;
                TLanes weights = TLanes.Create(0f), biases = weights;
                for (int row = 0; row < rows; row++)
                {
                    long at = ((long)row * columns) + column;
                    TLanes g = Lanes.Load<TLanes>(gradient + at, rest);
                    TLanes centred = Lanes.Load<TLanes>(x + at, rest) - TLanes.Create(statistics[2 * row]);
                    weights = TLanes.MultiplyAdd(centred * TLanes.Create(statistics[(2 * row) + 1]), g, weights);
                    biases += g;
                }

                if (weightGradient != null)
                {
                    Lanes.Store(Lanes.Load<TLanes>(weightGradient + column, rest) + weights, weightGradient + column, rest);
                }

                if (biasGradient != null)
                {
                    Lanes.Store(Lanes.Load<TLanes>(biasGradient + column, rest) + biases, biasGradient + column, rest);
                }
            }
        }
    }
}
