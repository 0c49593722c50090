using System.Numerics.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>y = a · b elementwise; b as large as a, one row for all or one column for all.</summary>
internal static unsafe class Multiply
{
    /// <summary>Overwrites the destination, which may be a.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="a">[rows, columns].</param>
    /// <param name="b">[rows, columns], [columns] or [rows].</param>
    /// <param name="rows">Rows of a.</param>
    /// <param name="columns">Columns of a.</param>
    /// <param name="broadcast">Which of the three b is.</param>
    /// <param name="destination">[rows, columns].</param>
    public static void Forward(WorkerPool pool, float* a, float* b, int rows, int columns, Broadcast broadcast, float* destination)
    {
        var state = (a: (nint)a, b: (nint)b, y: (nint)destination, columns, broadcast);
        pool.For(rows, Cpu.Add.RowGrain(columns), state, static (s, from, to) =>
        {
            for (long row = from; row < to; row++)
            {
                ReadOnlySpan<float> x = new((float*)s.a + row * s.columns, s.columns);
                Span<float> y = new((float*)s.y + row * s.columns, s.columns);
                if (s.broadcast == Broadcast.Column)
                {
                    TensorPrimitives.Multiply(x, ((float*)s.b)[row], y);
                }
                else
                {
                    long start = s.broadcast == Broadcast.Row ? 0 : row * s.columns;
                    TensorPrimitives.Multiply(x, new ReadOnlySpan<float>((float*)s.b + start, s.columns), y);
                }
            }
        });
    }

    /// <summary>Adds to the gradients that are wanted: gradient · b, and gradient · a summed over what b was repeated for.</summary>
    public static void Backward(
        WorkerPool pool, float* a, float* b, float* gradient, int rows, int columns, Broadcast broadcast, float* aGradient, float* bGradient)
    {
        if (aGradient != null)
        {
            BackwardFirst(pool, b, gradient, rows, columns, broadcast, aGradient);
        }

        if (bGradient == null)
        {
            return;
        }

        switch (broadcast)
        {
            case Broadcast.None:
                BackwardFirst(pool, a, gradient, rows, columns, Broadcast.None, bGradient);
                break;
            case Broadcast.Row:
                BackwardRow(pool, a, gradient, rows, columns, bGradient);
                break;
            default:
                BackwardColumn(pool, a, gradient, rows, columns, bGradient);
                break;
        }
    }

    private static void BackwardFirst(
        WorkerPool pool, float* factor, float* gradient, int rows, int columns, Broadcast broadcast, float* destination)
    {
        var state = (b: (nint)factor, g: (nint)gradient, y: (nint)destination, columns, broadcast);
        pool.For(rows, Cpu.Add.RowGrain(columns), state, static (s, from, to) =>
        {
            for (long row = from; row < to; row++)
            {
                ReadOnlySpan<float> g = new((float*)s.g + row * s.columns, s.columns);
                Span<float> y = new((float*)s.y + row * s.columns, s.columns);
                if (s.broadcast == Broadcast.Column)
                {
                    TensorPrimitives.MultiplyAdd(g, ((float*)s.b)[row], y, y);
                }
                else
                {
                    long start = s.broadcast == Broadcast.Row ? 0 : row * s.columns;
                    TensorPrimitives.MultiplyAdd(g, new ReadOnlySpan<float>((float*)s.b + start, s.columns), y, y);
                }
            }
        });
    }

    private static void BackwardRow(WorkerPool pool, float* a, float* gradient, int rows, int columns, float* destination)
    {
        var state = (a: (nint)a, g: (nint)gradient, y: (nint)destination, rows, columns);
        pool.For(columns, Math.Max(64, (1 << 14) / Math.Max(1, rows)), state, static (s, from, to) =>
        {
            Span<float> sums = new((float*)s.y + from, to - from);
            for (long row = 0; row < s.rows; row++)
            {
                long offset = row * s.columns + from;
                ReadOnlySpan<float> x = new((float*)s.a + offset, to - from);
                TensorPrimitives.MultiplyAdd(x, new ReadOnlySpan<float>((float*)s.g + offset, to - from), sums, sums);
            }
        });
    }

    private static void BackwardColumn(WorkerPool pool, float* a, float* gradient, int rows, int columns, float* destination)
    {
        pool.For(rows, Cpu.Add.RowGrain(columns), (a: (nint)a, g: (nint)gradient, y: (nint)destination, columns), static (s, from, to) =>
        {
            for (long row = from; row < to; row++)
            {
                ReadOnlySpan<float> x = new((float*)s.a + row * s.columns, s.columns);
                ((float*)s.y)[row] += TensorPrimitives.Dot(x, new ReadOnlySpan<float>((float*)s.g + row * s.columns, s.columns));
            }
        });
    }
}
