using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>−log softmax(logits)[target] of the rows whose target is not negative: each, their mean or their weighted sum.</summary>
internal static unsafe class CrossEntropy
{
    /// <summary>losses[row] = the loss of each row; 0 where it does not count. Logits are shifted by their largest, so that nothing overflows.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="logits">[rows, columns].</param>
    /// <param name="targets">[rows], each less than columns; a row of a negative one does not count.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The size of the vocabulary.</param>
    /// <param name="losses">[rows].</param>
    public static void Rows(WorkerPool pool, float* logits, int* targets, int rows, int columns, float* losses) =>
        Kernel.Run(pool, rows, columns, new Losses(logits, targets, columns, losses));

    /// <summary>destination[0] = Σ weight · loss, or the mean of the losses that count where there are no weights.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="logits">[rows, columns].</param>
    /// <param name="targets">[rows], each less than columns; at least one counts where there are no weights.</param>
    /// <param name="weights">[rows], or null.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The size of the vocabulary.</param>
    /// <param name="destination">[1].</param>
    public static void Forward(WorkerPool pool, float* logits, int* targets, float* weights, int rows, int columns, float* destination)
    {
        using Scratch losses = new(rows);
        Rows(pool, logits, targets, rows, columns, losses.Pointer);
        double sum = WeightedSum.Of(losses.Pointer, weights, rows);
        destination[0] = (float)(weights == null ? sum / Counted(targets, rows) : sum);
    }

    /// <summary>
    /// To logitsGradient: gradient · weight · (softmax(logits) − onehot(target)) in the rows that count; weight = 1 / counted where there are no weights.
    /// </summary>
    public static void Backward(
        WorkerPool pool, float* logits, int* targets, float* weights, int rows, int columns, float gradient,
        GradientPlace logitsGradient)
    {
        float factor = weights == null ? gradient / Counted(targets, rows) : gradient;
        Kernel.Run(pool, rows, columns, new Slopes(logits, targets, weights, columns, factor, logitsGradient));
    }

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
                losses[row] = 0;
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

    private readonly struct Slopes(float* logits, int* targets, float* weights, int columns, float factor, GradientPlace logitsGradient) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                float slope = weights == null ? factor : factor * weights[row];
                float* destination = logitsGradient.Values + ((long)row * columns);
                if (targets[row] < 0 || slope == 0)
                {
                    if (!logitsGradient.Add)
                    {
                        new Span<float>(destination, columns).Clear();
                    }
                }
                else
                {
                    Row<TLanes>(logits + ((long)row * columns), slope, destination);
                    destination[targets[row]] -= slope;
                }
            }
        }

        [MethodImpl(Kernel.HotLoop)]
        private void Row<TLanes>(float* x, float slope, float* destination)
            where TLanes : struct, ILanes<TLanes>
        {
            int count = columns;
            float largest = RowReduction.Largest<TLanes>(x, count);
            TLanes shift = TLanes.Create(largest);
            TLanes scale = TLanes.Create(slope / Softmax.SumOfExponentials<TLanes>(x, count, largest));
            for (int i = 0; i < count; i += TLanes.Count)
            {
                TLanes value = VectorMath.Exp(Lanes.Load<TLanes>(x + i, count - i) - shift);
                TLanes sum = logitsGradient.Add ? Lanes.Load<TLanes>(destination + i, count - i) : TLanes.Create(0f);
                Lanes.Store(TLanes.MultiplyAdd(value, scale, sum), destination + i, count - i);
            }
        }
    }
}
