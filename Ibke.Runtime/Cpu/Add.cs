using System.Numerics.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>y = a + b, b as large as a or one row for all.</summary>
internal static unsafe class Add
{
    private const int Grain = 1 << 14;

    /// <summary>Overwrites the destination, which may be a.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="a">[rows, columns].</param>
    /// <param name="b">[rows, columns] or [columns].</param>
    /// <param name="rows">Rows of a.</param>
    /// <param name="columns">Columns of a.</param>
    /// <param name="broadcast">None or Row.</param>
    /// <param name="destination">[rows, columns].</param>
    public static void Forward(WorkerPool pool, float* a, float* b, int rows, int columns, Broadcast broadcast, float* destination)
    {
        int bStride = broadcast == Broadcast.Row ? 0 : columns;
        pool.For(rows, RowGrain(columns), (a: (nint)a, b: (nint)b, y: (nint)destination, columns, bStride), static (s, from, to) =>
        {
            for (long row = from; row < to; row++)
            {
                long offset = row * s.columns;
                TensorPrimitives.Add(
                    new ReadOnlySpan<float>((float*)s.a + offset, s.columns),
                    new ReadOnlySpan<float>((float*)s.b + row * s.bStride, s.columns),
                    new Span<float>((float*)s.y + offset, s.columns));
            }
        });
    }

    /// <summary>destination[j] += Σ x[i, j].</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="rows">Rows of x.</param>
    /// <param name="columns">Columns of x.</param>
    /// <param name="destination">[columns].</param>
    public static void SumRows(WorkerPool pool, float* x, int rows, int columns, float* destination)
    {
        pool.For(columns, Math.Max(64, Grain / Math.Max(1, rows)), (x: (nint)x, y: (nint)destination, rows, columns), static (s, from, to) =>
        {
            Span<float> sums = new((float*)s.y + from, to - from);
            for (long row = 0; row < s.rows; row++)
            {
                TensorPrimitives.Add(sums, new ReadOnlySpan<float>((float*)s.x + row * s.columns + from, to - from), sums);
            }
        });
    }

    /// <summary>Rows that are worth a range of their own.</summary>
    internal static int RowGrain(int columns) => Math.Max(1, Grain / Math.Max(1, columns));
}
