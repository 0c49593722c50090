using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Cpu;

/// <summary>Mean or weighted sum over rows of KL(P ‖ Q) = Σ P (log P − log Q) with P = softmax(p), Q = softmax(q).</summary>
internal static unsafe class KlDivergence
{
    /// <summary>destination[0] = Σ weight · divergence, or the mean where there are no weights.</summary>
    /// <param name="pool">Threads and instruction set.</param>
    /// <param name="p">Logits [rows, columns].</param>
    /// <param name="q">Logits [rows, columns].</param>
    /// <param name="weights">[rows], or null.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The size of the vocabulary.</param>
    /// <param name="destination">[1].</param>
    public static void Forward(WorkerPool pool, float* p, float* q, float* weights, int rows, int columns, float* destination)
    {
        using Scratch divergences = new(rows);
        Kernel.Run(pool, rows, 2L * columns, new Divergences(p, q, columns, divergences.Pointer));
        double sum = WeightedSum.Of(divergences.Pointer, weights, rows);
        destination[0] = (float)(weights == null ? sum / rows : sum);
    }

    /// <summary>
    /// pGradient += gradient · weight · P (log P − log Q − KL of the row); qGradient += gradient · weight · (Q − P); weight = 1 / rows where there are no
    /// weights. Either may be null.
    /// </summary>
    public static void Backward(
        WorkerPool pool, float* p, float* q, float* weights, int rows, int columns, float gradient, float* pGradient, float* qGradient)
    {
        float factor = weights == null ? gradient / rows : gradient;
        Kernel.Run(pool, rows, 2L * columns, new Slopes(p, q, weights, columns, factor, pGradient, qGradient));
    }

    // Largest logit and the logarithm of the sum of exponentials above it.
    private static (float Largest, double LogSum) Normaliser<TLanes>(float* x, int columns)
        where TLanes : struct, ILanes<TLanes>
    {
        float largest = RowReduction.Largest<TLanes>(x, columns);
        return (largest, Math.Log(Softmax.SumOfExponentials<TLanes>(x, columns, largest)));
    }

    // The divergence of one row: Σ P ((p − max p) − (q − max q)) − (log sum p − log sum q).
    [MethodImpl(Kernel.HotLoop)]
    private static float Row<TLanes>(float* p, float* q, int columns, (float Largest, double LogSum) pNormaliser, (float Largest, double LogSum) qNormaliser)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes zero = TLanes.Create(0f);
        TLanes pLargest = TLanes.Create(pNormaliser.Largest);
        TLanes qLargest = TLanes.Create(qNormaliser.Largest);
        TLanes factor = TLanes.Create((float)Math.Exp(-pNormaliser.LogSum));
        TLanes offset = TLanes.Create((float)(pNormaliser.LogSum - qNormaliser.LogSum));
        TLanes sum = zero;
        for (int i = 0; i < columns; i += TLanes.Count)
        {
            TLanes pShifted = Lanes.Load<TLanes>(p + i, columns - i, float.NegativeInfinity) - pLargest;
            TLanes qShifted = Lanes.Load<TLanes>(q + i, columns - i) - qLargest;
            TLanes probability = VectorMath.Exp(pShifted) * factor;
            TLanes term = probability * (pShifted - qShifted - offset);

            // 0 · log 0 = 0; what is not a number stays so, because the term is then taken.
            sum += TLanes.SelectLess(TLanes.Abs(probability), TLanes.Create(float.Epsilon), zero, term);
        }

        return TLanes.Sum(sum);
    }

    private readonly struct Divergences(float* p, float* q, int columns, float* divergences) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                float* pRow = p + ((long)row * columns);
                float* qRow = q + ((long)row * columns);
                divergences[row] = Row<TLanes>(pRow, qRow, columns, Normaliser<TLanes>(pRow, columns), Normaliser<TLanes>(qRow, columns));
            }
        }
    }

    private readonly struct Slopes(float* p, float* q, float* weights, int columns, float factor, float* pGradient, float* qGradient) : IKernel
    {
        [MethodImpl(Kernel.HotLoop)]
        public void Run<TLanes>(int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int row = from; row < to; row++)
            {
                long at = (long)row * columns;
                float slope = weights == null ? factor : factor * weights[row];
                if (slope == 0)
                {
                    continue;
                }

                (float Largest, double LogSum) pNormaliser = Normaliser<TLanes>(p + at, columns);
                (float Largest, double LogSum) qNormaliser = Normaliser<TLanes>(q + at, columns);
                if (pGradient != null)
                {
                    PRow<TLanes>(p + at, q + at, pNormaliser, qNormaliser, slope, pGradient + at);
                }

                if (qGradient != null)
                {
                    QRow<TLanes>(p + at, q + at, pNormaliser, qNormaliser, slope, qGradient + at);
                }
            }
        }

        [MethodImpl(Kernel.HotLoop)]
        private void PRow<TLanes>(
            float* pRow, float* qRow, (float Largest, double LogSum) pNormaliser, (float Largest, double LogSum) qNormaliser, float slope,
            float* destination)
            where TLanes : struct, ILanes<TLanes>
        {
            float divergence = KlDivergence.Row<TLanes>(pRow, qRow, columns, pNormaliser, qNormaliser);
            TLanes zero = TLanes.Create(0f);
            TLanes pLargest = TLanes.Create(pNormaliser.Largest);
            TLanes qLargest = TLanes.Create(qNormaliser.Largest);
            TLanes scale = TLanes.Create((float)(Math.Exp(-pNormaliser.LogSum) * slope));
            TLanes offset = TLanes.Create((float)(pNormaliser.LogSum - qNormaliser.LogSum + divergence));
            for (int i = 0; i < columns; i += TLanes.Count)
            {
                int rest = columns - i;
                TLanes pShifted = Lanes.Load<TLanes>(pRow + i, rest) - pLargest;
                TLanes qShifted = Lanes.Load<TLanes>(qRow + i, rest) - qLargest;
                TLanes probability = VectorMath.Exp(pShifted);
                TLanes change = probability * scale * (pShifted - qShifted - offset);
                change = TLanes.SelectLess(probability, TLanes.Create(float.Epsilon), zero, change);
                Lanes.Store(Lanes.Load<TLanes>(destination + i, rest) + change, destination + i, rest);
            }
        }

        [MethodImpl(Kernel.HotLoop)]
        private void QRow<TLanes>(
            float* pRow, float* qRow, (float Largest, double LogSum) pNormaliser, (float Largest, double LogSum) qNormaliser, float slope,
            float* destination)
            where TLanes : struct, ILanes<TLanes>
        {
            TLanes pLargest = TLanes.Create(pNormaliser.Largest);
            TLanes qLargest = TLanes.Create(qNormaliser.Largest);
            TLanes pScale = TLanes.Create((float)(-Math.Exp(-pNormaliser.LogSum) * slope));
            TLanes qScale = TLanes.Create((float)(Math.Exp(-qNormaliser.LogSum) * slope));
            for (int i = 0; i < columns; i += TLanes.Count)
            {
                int rest = columns - i;
                TLanes pValue = VectorMath.Exp(Lanes.Load<TLanes>(pRow + i, rest) - pLargest);
                TLanes qValue = VectorMath.Exp(Lanes.Load<TLanes>(qRow + i, rest) - qLargest);
                TLanes change = TLanes.MultiplyAdd(qValue, qScale, pValue * pScale);
                Lanes.Store(Lanes.Load<TLanes>(destination + i, rest) + change, destination + i, rest);
            }
        }
    }
}
