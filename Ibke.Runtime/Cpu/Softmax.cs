using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>yᵢ = exp(xᵢ − max) / Σ exp(xⱼ − max) over each row.</summary>
internal static unsafe class Softmax
{
    /// <summary>destination = softmax(x). The destination may be x.</summary>
    public static void Forward(WorkerPool pool, float* x, int rows, int columns, float* destination) =>
        Kernel.Run(pool, rows, columns, new Values(x, columns, destination));

    /// <summary>xGradient += y (gradient − Σ gradient · y), with y the result of <see cref="Forward"/>.</summary>
    public static void Backward(WorkerPool pool, float* y, float* gradient, int rows, int columns, float* xGradient) =>
        Kernel.Run(pool, rows, columns, new Slopes(y, gradient, columns, xGradient));

    /// <summary>destination = exp(x − shift) over one row; returns the sum.</summary>
    [MethodImpl(Kernel.HotLoop)]
    public static float Exponentials<TLanes>(float* x, int columns, float shift, float* destination)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes largest = TLanes.Create(shift);
        TLanes a = TLanes.Create(0f), b = a;
        int i = 0;
        for (; i <= columns - (2 * TLanes.Count); i += 2 * TLanes.Count)
        {
            TLanes first = VectorMath.Exp(TLanes.Load(x + i) - largest);
            TLanes second = VectorMath.Exp(TLanes.Load(x + i + TLanes.Count) - largest);
            TLanes.Store(first, destination + i);
            TLanes.Store(second, destination + i + TLanes.Count);
            a += first;
            b += second;
        }

        for (; i < columns; i += TLanes.Count)
        {
            // exp(−∞) = 0: lanes beyond the row add nothing.
            TLanes value = VectorMath.Exp(Lanes.Load<TLanes>(x + i, columns - i, float.NegativeInfinity) - largest);
            Lanes.Store(value, destination + i, columns - i);
            a += value;
        }

        return TLanes.Sum(a + b);
    }

    /// <summary>Σ exp(x − shift) over one row.</summary>
    [MethodImpl(Kernel.HotLoop)]
    public static float SumOfExponentials<TLanes>(float* x, int columns, float shift)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes largest = TLanes.Create(shift);
        TLanes a = TLanes.Create(0f), b = a;
        int i = 0;
        for (; i <= columns - (2 * TLanes.Count); i += 2 * TLanes.Count)
        {
            a += VectorMath.Exp(TLanes.Load(x + i) - largest);
            b += VectorMath.Exp(TLanes.Load(x + i + TLanes.Count) - largest);
        }

        for (; i < columns; i += TLanes.Count)
        {
            a += VectorMath.Exp(Lanes.Load<TLanes>(x + i, columns - i, float.NegativeInfinity) - largest);
        }

        return TLanes.Sum(a + b);
    }

    private readonly struct Values(float* x, int columns, float* y) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            int count = columns;
            for (int row = from; row < to; row++)
            {
                float* source = x + ((long)row * count);
                float* destination = y + ((long)row * count);
                float largest = RowReduction.Largest<TLanes>(source, count);
                ScaledRow.Set<TLanes>(destination, 1 / Exponentials<TLanes>(source, count, largest, destination), count, destination);
            }
        }
    }

    private readonly struct Slopes(float* y, float* gradient, int columns, float* xGradient) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            int count = columns;
            for (int row = from; row < to; row++)
            {
                float* probabilities = y + ((long)row * count);
                float* upstream = gradient + ((long)row * count);
                float* destination = xGradient + ((long)row * count);
                TLanes mean = TLanes.Create(RowReduction.Dot<TLanes>(probabilities, upstream, count));
                for (int i = 0; i < count; i += TLanes.Count)
                {
                    int rest = count - i;
                    TLanes slope = Lanes.Load<TLanes>(upstream + i, rest) - mean;
                    TLanes sum = Lanes.Load<TLanes>(destination + i, rest);
                    Lanes.Store(TLanes.MultiplyAdd(Lanes.Load<TLanes>(probabilities + i, rest), slope, sum), destination + i, rest);
                }
            }
        }
    }
}
