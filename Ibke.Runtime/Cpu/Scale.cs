using System.Numerics.Tensors;

namespace Ibke.Runtime.Cpu;

/// <summary>y = factor · x + offset.</summary>
internal static unsafe class Scale
{
    private const int Grain = 1 << 14;

    /// <summary>Overwrites the destination, which may be x.</summary>
    public static void Forward(WorkerPool pool, float* x, int count, float factor, float offset, float* destination)
    {
        pool.For(count, Grain, (x: (nint)x, y: (nint)destination, factor, offset), static (s, from, to) =>
        {
            Span<float> y = new((float*)s.y + from, to - from);
            TensorPrimitives.Multiply(new ReadOnlySpan<float>((float*)s.x + from, to - from), s.factor, y);
            if (s.offset != 0)
            {
                TensorPrimitives.Add(y, s.offset, y);
            }
        });
    }

    /// <summary>Adds factor · gradient.</summary>
    public static void Backward(WorkerPool pool, float* gradient, int count, float factor, float* xGradient)
    {
        if (xGradient == null)
        {
            return;
        }

        pool.For(count, Grain, (g: (nint)gradient, y: (nint)xGradient, factor), static (s, from, to) =>
        {
            Span<float> y = new((float*)s.y + from, to - from);
            TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>((float*)s.g + from, to - from), s.factor, y, y);
        });
    }
}
