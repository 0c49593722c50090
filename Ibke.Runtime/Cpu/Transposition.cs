namespace Ibke.Runtime.Cpu;

/// <summary>y[j, i] = x[i, j].</summary>
internal static unsafe class Transposition
{
    private const int Block = 32;

    /// <summary>Overwrites the destination.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="rows">Rows of x.</param>
    /// <param name="columns">Columns of x.</param>
    /// <param name="destination">[columns, rows].</param>
    public static void Forward(WorkerPool pool, float* x, int rows, int columns, float* destination) =>
        Run(pool, x, rows, columns, destination, add: false);

    /// <summary>Adds the gradient [columns, rows] to that of x [rows, columns], where it is wanted.</summary>
    public static void Backward(WorkerPool pool, float* gradient, int rows, int columns, float* xGradient)
    {
        if (xGradient != null)
        {
            Run(pool, gradient, columns, rows, xGradient, add: true);
        }
    }

    private static void Run(WorkerPool pool, float* x, int rows, int columns, float* destination, bool add)
    {
        // Bands of columns are bands of rows of the destination, so that no two threads write to one place.
        int bands = (columns + Block - 1) / Block;
        var state = (x: (nint)x, rows, columns, y: (nint)destination, add);
        pool.For(bands, Math.Max(1, (1 << 12) / (Block * Math.Max(1, rows))), state, static (s, from, to) =>
        {
            float* x = (float*)s.x;
            float* y = (float*)s.y;
            int end = Math.Min(s.columns, to * Block);
            for (int top = 0; top < s.rows; top += Block)
            {
                int bottom = Math.Min(s.rows, top + Block);
                for (int column = from * Block; column < end; column++)
                {
                    for (int row = top; row < bottom; row++)
                    {
                        long target = (long)column * s.rows + row;
                        float value = x[(long)row * s.columns + column];
                        y[target] = s.add ? y[target] + value : value;
                    }
                }
            }
        });
    }
}
