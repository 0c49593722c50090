namespace Ibke.Runtime.Cpu;

/// <summary>y = min(max(x, low), high).</summary>
internal static unsafe class Clamp
{
    private const int Grain = 1 << 14;

    /// <summary>Overwrites the destination, which may be x.</summary>
    public static void Forward(WorkerPool pool, float* x, int count, float low, float high, float* destination)
    {
        pool.For(count, Grain, (x: (nint)x, y: (nint)destination, low, high), static (s, from, to) =>
        {
            for (int i = from; i < to; i++)
            {
                ((float*)s.y)[i] = Math.Min(Math.Max(((float*)s.x)[i], s.low), s.high);
            }
        });
    }

    /// <summary>Adds the gradient where x lies within the bounds, these included.</summary>
    public static void Backward(WorkerPool pool, float* x, float* gradient, int count, float low, float high, float* xGradient)
    {
        if (xGradient == null)
        {
            return;
        }

        pool.For(count, Grain, (x: (nint)x, g: (nint)gradient, y: (nint)xGradient, low, high), static (s, from, to) =>
        {
            for (int i = from; i < to; i++)
            {
                float value = ((float*)s.x)[i];
                if (value >= s.low && value <= s.high)
                {
                    ((float*)s.y)[i] += ((float*)s.g)[i];
                }
            }
        });
    }
}
