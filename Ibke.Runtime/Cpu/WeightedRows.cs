using System.Numerics.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>table[ids[i]] += weights[i] · x[i]: rows put back where they were selected from, each with a factor.</summary>
internal static unsafe class WeightedRows
{
    /// <summary>Adds in the order of i.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="x">[count, columns].</param>
    /// <param name="weights">[count].</param>
    /// <param name="ids">[count].</param>
    /// <param name="count">The number of ids.</param>
    /// <param name="columns">Columns of both.</param>
    /// <param name="table">[any, columns].</param>
    public static void Scatter(WorkerPool pool, float* x, float* weights, int* ids, int count, int columns, float* table)
    {
        // Ids may repeat, so threads share the columns rather than the rows.
        var state = (x: (nint)x, weights: (nint)weights, ids: (nint)ids, count, columns, table: (nint)table);
        pool.For(columns, Math.Max(64, (1 << 14) / Math.Max(1, count)), state, static (s, from, to) =>
        {
            for (int i = 0; i < s.count; i++)
            {
                Span<float> sum = new((float*)s.table + (long)((int*)s.ids)[i] * s.columns + from, to - from);
                ReadOnlySpan<float> row = new((float*)s.x + (long)i * s.columns + from, to - from);
                TensorPrimitives.FusedMultiplyAdd(row, ((float*)s.weights)[i], sum, sum);
            }
        });
    }

    /// <summary>xGradient[i] += weights[i] · gradient[ids[i]]; weightGradient[i] += gradient[ids[i]] · x[i]. Either may be null.</summary>
    public static void Backward(
        WorkerPool pool, float* x, float* weights, float* gradient, int* ids, int count, int columns, float* xGradient, float* weightGradient)
    {
        var state = (x: (nint)x, weights: (nint)weights, g: (nint)gradient, ids: (nint)ids, columns, ofX: (nint)xGradient, ofWeights: (nint)weightGradient);
        pool.For(count, Cpu.Add.RowGrain(columns), state, static (s, from, to) =>
        {
            for (int i = from; i < to; i++)
            {
                ReadOnlySpan<float> upstream = new((float*)s.g + (long)((int*)s.ids)[i] * s.columns, s.columns);
                if (s.ofX != 0)
                {
                    Span<float> sum = new((float*)s.ofX + (long)i * s.columns, s.columns);
                    TensorPrimitives.FusedMultiplyAdd(upstream, ((float*)s.weights)[i], sum, sum);
                }

                if (s.ofWeights != 0)
                {
                    ((float*)s.ofWeights)[i] += TensorPrimitives.Dot(upstream, new ReadOnlySpan<float>((float*)s.x + (long)i * s.columns, s.columns));
                }
            }
        });
    }
}
