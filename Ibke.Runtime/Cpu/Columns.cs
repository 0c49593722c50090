using System.Numerics.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>Moves a rectangle of columns from one matrix to another: selection of columns and setting side by side.</summary>
internal static unsafe class Columns
{
    /// <summary>Copies <paramref name="count"/> columns of every row; the other columns of the destination stay as they are.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="x">The first of the columns; rows are <paramref name="xStride"/> apart.</param>
    /// <param name="xStride">Columns of the source.</param>
    /// <param name="rows">Rows of both.</param>
    /// <param name="count">Columns to copy.</param>
    /// <param name="destination">Where the first goes; rows are <paramref name="stride"/> apart.</param>
    /// <param name="stride">Columns of the destination.</param>
    public static void Forward(WorkerPool pool, float* x, int xStride, int rows, int count, float* destination, int stride)
    {
        var state = (x: (nint)x, xStride, count, y: (nint)destination, stride);
        pool.For(rows, Cpu.Add.RowGrain(count), state, static (s, from, to) =>
        {
            for (long row = from; row < to; row++)
            {
                new ReadOnlySpan<float>((float*)s.x + row * s.xStride, s.count)
                    .CopyTo(new Span<float>((float*)s.y + row * s.stride, s.count));
            }
        });
    }

    /// <summary>Adds columns of the gradient to where <see cref="Forward"/> took them from.</summary>
    public static void Backward(WorkerPool pool, float* gradient, int stride, int rows, int count, float* xGradient, int xStride)
    {
        if (xGradient == null)
        {
            return;
        }

        var state = (g: (nint)gradient, stride, count, y: (nint)xGradient, xStride);
        pool.For(rows, Cpu.Add.RowGrain(count), state, static (s, from, to) =>
        {
            for (long row = from; row < to; row++)
            {
                Span<float> sum = new((float*)s.y + row * s.xStride, s.count);
                TensorPrimitives.Add(sum, new ReadOnlySpan<float>((float*)s.g + row * s.stride, s.count), sum);
            }
        });
    }
}
