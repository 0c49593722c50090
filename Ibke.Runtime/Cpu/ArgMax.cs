using System.Numerics.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>The index of the largest value of a row; the lowest index on ties.</summary>
internal static unsafe class ArgMax
{
    /// <summary>Overwrites the destination, [rows].</summary>
    public static void Forward(WorkerPool pool, float* x, int rows, int columns, int* destination)
    {
        pool.For(rows, Cpu.Add.RowGrain(columns), (x: (nint)x, columns, y: (nint)destination), static (s, from, to) =>
        {
            for (long row = from; row < to; row++)
            {
                ((int*)s.y)[row] = OfRow((float*)s.x + row * s.columns, s.columns);
            }
        });
    }

    private static int OfRow(float* row, int columns)
    {
        int best = TensorPrimitives.IndexOfMax(new ReadOnlySpan<float>(row, columns));
        return float.IsNaN(row[best]) ? OfRowWithNaN(row, columns) : best;
    }

    // NaN never compares as larger, so it is passed over; a row of nothing else gives 0.
    private static int OfRowWithNaN(float* row, int columns)
    {
        int best = 0;
        for (int i = 1; i < columns; i++)
        {
            if (row[i] > row[best] || (float.IsNaN(row[best]) && !float.IsNaN(row[i])))
            {
                best = i;
            }
        }

        return best;
    }
}
