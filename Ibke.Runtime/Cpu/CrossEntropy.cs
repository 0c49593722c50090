using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>Mean over the rows whose target is not negative of −log softmax(logits)[target].</summary>
internal static unsafe class CrossEntropy
{
    /// <summary>destination[0] = the mean. Logits are shifted by their largest, so that nothing overflows.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="logits">[rows, columns].</param>
    /// <param name="targets">[rows], each less than columns; at least one counts.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The size of the vocabulary.</param>
    /// <param name="destination">[1].</param>
    public static void Forward(WorkerPool pool, float* logits, int* targets, int rows, int columns, float* destination)
    {
        using Scratch losses = new(rows);
        Kernel.Run(pool, rows, columns, new Losses(logits, targets, columns, losses.Pointer));
        double sum = 0;
        for (int row = 0; row < rows; row++)
        {
            sum += targets[row] < 0 ? 0 : losses.Pointer[row];
        }

        destination[0] = (float)(sum / Counted(targets, rows));
    }

    /// <summary>logitsGradient += gradient / counted · (softmax(logits) − onehot(target)) in the rows that count.</summary>
    public static void Backward(WorkerPool pool, float* logits, int* targets, int rows, int columns, float gradient, float* logitsGradient) =>
        Kernel.Run(pool, rows, columns, new Slopes(logits, targets, columns, gradient / Counted(targets, rows), logitsGradient));

    private static int Counted(int* targets, int rows)
    {
        int counted = 0;
        for (int row = 0; row < rows; row++)
        {
            counted += targets[row] < 0 ? 0 : 1;
        }

        return counted;
    }

    private readonly struct Losses(float* logits, int* targets, int columns, float* losses) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                if (targets[row] >= 0)
                {
                    float* x = logits + ((long)row * columns);
                    float largest = RowReduction.Largest<TLanes>(x, columns);
                    double logSum = Math.Log(Softmax.SumOfExponentials<TLanes>(x, columns, largest));
                    losses[row] = (float)(logSum + largest - x[targets[row]]);
                }
            }
        }
    }

    private readonly struct Slopes(float* logits, int* targets, int columns, float factor, float* logitsGradient) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                if (targets[row] >= 0)
                {
                    float* destination = logitsGradient + ((long)row * columns);
                    Row<TLanes>(logits + ((long)row * columns), destination);
                    destination[targets[row]] -= factor;
                }
            }
        }

        [MethodImpl(Kernel.HotLoop)]
        private void Row<TLanes>(float* x, float* destination)
            where TLanes : struct, ILanes<TLanes>
        {
            int count = columns;
            float largest = RowReduction.Largest<TLanes>(x, count);
            TLanes shift = TLanes.Create(largest);
            TLanes scale = TLanes.Create(factor / Softmax.SumOfExponentials<TLanes>(x, count, largest));
            for (int i = 0; i < count; i += TLanes.Count)
            {
                TLanes value = VectorMath.Exp(Lanes.Load<TLanes>(x + i, count - i) - shift);
                Lanes.Store(TLanes.MultiplyAdd(value, scale, Lanes.Load<TLanes>(destination + i, count - i)), destination + i, count - i);
            }
        }
    }
}
