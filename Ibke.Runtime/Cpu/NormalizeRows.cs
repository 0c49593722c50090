using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>y = x / max(‖x‖, 1e-12) for each row.</summary>
internal static unsafe class NormalizeRows
{
    private const double SmallestNorm = 1e-12;

    /// <summary>destination = rows of length one. The destination may be x.</summary>
    public static void Forward(WorkerPool pool, float* x, int rows, int columns, float* destination) =>
        Kernel.Run(pool, rows, columns, new Values(x, columns, destination));

    /// <summary>With n = max(‖x‖, 1e-12): xGradient += gradient / n − x Σ(gradient · x) / n³; the second part only where n is the norm.</summary>
    public static void Backward(WorkerPool pool, float* x, float* gradient, int rows, int columns, float* xGradient) =>
        Kernel.Run(pool, rows, columns, new Slopes(x, gradient, columns, xGradient));

    private readonly struct Values(float* x, int columns, float* y) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                float* source = x + ((long)row * columns);
                float* destination = y + ((long)row * columns);
                double norm = Math.Sqrt(RowReduction.Dot<TLanes>(source, source, columns));
                ScaledRow.Set<TLanes>(source, (float)(1 / Math.Max(norm, SmallestNorm)), columns, destination);
            }
        }
    }

    private readonly struct Slopes(float* x, float* gradient, int columns, float* xGradient) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                float* source = x + ((long)row * columns);
                float* upstream = gradient + ((long)row * columns);
                float* destination = xGradient + ((long)row * columns);
                double norm = Math.Sqrt(RowReduction.Dot<TLanes>(source, source, columns));
                double inverse = 1 / Math.Max(norm, SmallestNorm);
                double along = norm > SmallestNorm ? RowReduction.Dot<TLanes>(source, upstream, columns) * inverse * inverse : 0;
                ScaledRow.Add<TLanes>(upstream, (float)inverse, columns, destination);
                ScaledRow.Add<TLanes>(source, (float)(-along * inverse), columns, destination);
            }
        }
    }
}
