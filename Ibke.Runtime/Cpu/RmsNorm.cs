using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>y = x / √(mean(x²) + ε) · w over each row (Zhang and Sennrich, 2019); w + 1 in place of w where the weight is an offset.</summary>
internal static unsafe class RmsNorm
{
    /// <summary>destination = norm(x). The destination may be x.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="weight">[columns].</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The length of a row.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="plusOne">Whether the weight is an offset from 1.</param>
    /// <param name="destination">[rows, columns].</param>
    public static void Forward(
        WorkerPool pool, float* x, float* weight, int rows, int columns, float epsilon, bool plusOne, float* destination) =>
        Kernel.Run(pool, rows, columns, new Values(x, weight, columns, epsilon, plusOne ? 1 : 0, destination));

    /// <summary>
    /// With s = 1 / √(mean(x²) + ε) and h = gradient · w: xGradient += s h − x s³ mean(h x); weightGradient += Σ over rows of gradient · x · s.
    /// Either may be null.
    /// </summary>
    public static void Backward(
        WorkerPool pool,
        float* x,
        float* weight,
        float* gradient,
        int rows,
        int columns,
        float epsilon,
        bool plusOne,
        float* xGradient,
        float* weightGradient)
    {
        // [rows]: s of each row, for the second kernel.
        using Scratch scales = new(rows);
        float offset = plusOne ? 1 : 0;
        Kernel.Run(pool, rows, columns, new RowSlopes(x, weight, gradient, columns, epsilon, offset, scales.Pointer, xGradient));
        if (weightGradient != null)
        {
            Kernel.Run(pool, ColumnGroups.Count(columns), (long)rows * ColumnGroups.Size, new WeightSlopes(x, gradient, scales.Pointer, rows, columns, weightGradient));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Scale<TLanes>(float* x, int columns, float epsilon)
        where TLanes : struct, ILanes<TLanes> =>
        (float)(1 / Math.Sqrt(((double)RowReduction.Dot<TLanes>(x, x, columns) / columns) + epsilon));

    private readonly struct Values(float* x, float* weight, int columns, float epsilon, float offset, float* y) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                float* source = x + ((long)row * columns);
                float scale = Scale<TLanes>(source, columns, epsilon);
                LaneLoop.Run<TLanes, WeightedRow>(0, columns, new(source, weight, offset, scale, y + ((long)row * columns)));
            }
        }
    }

    private readonly struct WeightedRow(float* x, float* weight, float offset, float scale, float* y) : ILaneStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLanes>(int i, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes normalised = Lanes.Load<TLanes>(x + i, count) * TLanes.Create(scale);
            Lanes.Store(normalised * (Lanes.Load<TLanes>(weight + i, count) + TLanes.Create(offset)), y + i, count);
        }
    }

    private readonly struct RowSlopes(
        float* x, float* weight, float* gradient, int columns, float epsilon, float offset, float* scales, float* xGradient) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                float* source = x + ((long)row * columns);
                float scale = Scale<TLanes>(source, columns, epsilon);
                scales[row] = scale;
                if (xGradient != null)
                {
                    long at = (long)row * columns;
                    float product = RowReduction.Dot<TLanes>(source, gradient + at, weight, columns);
                    if (offset != 0)
                    {
                        product += offset * RowReduction.Dot<TLanes>(source, gradient + at, columns);
                    }

                    float back = -scale * scale * scale * product / columns;
                    LaneLoop.Run<TLanes, RowSlope>(0, columns, new(source, weight, gradient + at, offset, scale, back, xGradient + at));
                }
            }
        }
    }

    // xGradient += gradient · w · scale + x · back.
    private readonly struct RowSlope(
        float* x, float* weight, float* gradient, float offset, float scale, float back, float* xGradient) : ILaneStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLanes>(int i, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes h = Lanes.Load<TLanes>(gradient + i, count) * (Lanes.Load<TLanes>(weight + i, count) + TLanes.Create(offset));
            TLanes sum = TLanes.MultiplyAdd(h, TLanes.Create(scale), Lanes.Load<TLanes>(xGradient + i, count));
            Lanes.Store(TLanes.MultiplyAdd(Lanes.Load<TLanes>(x + i, count), TLanes.Create(back), sum), xGradient + i, count);
        }
    }

    private readonly struct WeightSlopes(
        float* x, float* gradient, float* scales, int rows, int columns, float* weightGradient) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            int last = Math.Min(columns, to * ColumnGroups.Size);
            for (int column = from * ColumnGroups.Size; column < last; column += TLanes.Count)
            {
                int rest = last - column;
                TLanes sum = Lanes.Load<TLanes>(weightGradient + column, rest);
                for (int row = 0; row < rows; row++)
                {
                    long at = ((long)row * columns) + column;
                    TLanes normalised = Lanes.Load<TLanes>(x + at, rest) * TLanes.Create(scales[row]);
                    sum = TLanes.MultiplyAdd(normalised, Lanes.Load<TLanes>(gradient + at, rest), sum);
                }

                Lanes.Store(sum, weightGradient + column, rest);
            }
        }
    }
}
