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

    // NaN never compares as larger, so a row of NaN gives 0 rather than an index outside.
    private static int OfRow(float* row, int columns)
    {
        int best = 0;
        for (int i = 1; i < columns; i++)
        {
            if (row[i] > row[best])
            {
                best = i;
            }
        }

        return best;
    }
}
