using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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

    /// <summary>target[i · stride + r] = source[r · sourceStride + i] for all rows r and columns i of the source; on this thread.</summary>
    /// <param name="source">[rows, columns], rows sourceStride apart.</param>
    /// <param name="sourceStride">Values between rows of the source.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="target">[columns, rows], rows stride apart.</param>
    /// <param name="stride">Values between rows of the target.</param>
    public static void Pack(float* source, long sourceStride, int rows, int columns, float* target, long stride)
    {
        int row = 0;
        for (; row <= rows - 4; row += 4)
        {
            FourRows(source + (row * sourceStride), sourceStride, columns, target + row, stride);
        }

        for (; row < rows; row++)
        {
            float* from = source + (row * sourceStride);
            for (long i = 0; i < columns; i++)
            {
                target[(i * stride) + row] = from[i];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows(float* source, long sourceStride, int count, float* target, long stride)
    {
        float* second = source + sourceStride;
        float* third = second + sourceStride;
        float* fourth = third + sourceStride;
        int i = 0;
        if (Sse.IsSupported)
        {
            for (; i <= count - 4; i += 4)
            {
                Vector128<float> a = Vector128.Load(source + i), b = Vector128.Load(second + i);
                Vector128<float> c = Vector128.Load(third + i), d = Vector128.Load(fourth + i);
                Vector128<float> lowAB = Sse.UnpackLow(a, b), lowCD = Sse.UnpackLow(c, d);
                Vector128<float> highAB = Sse.UnpackHigh(a, b), highCD = Sse.UnpackHigh(c, d);
                Sse.MoveLowToHigh(lowAB, lowCD).Store(target);
                Sse.MoveHighToLow(lowCD, lowAB).Store(target + stride);
                Sse.MoveLowToHigh(highAB, highCD).Store(target + (2 * stride));
                Sse.MoveHighToLow(highCD, highAB).Store(target + (3 * stride));
                target += 4 * stride;
            }
        }

        for (; i < count; i++, target += stride)
        {
            (target[0], target[1], target[2], target[3]) = (source[i], second[i], third[i], fourth[i]);
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
