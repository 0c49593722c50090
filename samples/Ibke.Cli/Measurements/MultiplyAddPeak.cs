using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ibke.Cli.Measurements;

/// <summary>
/// The most float32 multiply-adds a core does: a loop that stays in registers, with enough independent sums to hide the latency.
/// A matrix product can at best reach this.
/// </summary>
internal static class MultiplyAddPeak
{
    private const int Chains = 16;

    /// <summary>Floating-point operations a second of one thread; a multiply-add counts as two. The median of some runs.</summary>
    public static double Measure(int repeats, CancellationToken cancellation)
    {
        const int rounds = 4_000_000;
        double[] rates = new double[repeats + 1];
        for (int i = 0; i <= repeats; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            float result = Vector512.IsHardwareAccelerated ? Loop512(rounds) : Loop256(rounds);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (!float.IsFinite(result))
            {
                throw new InvalidOperationException("The multiply-add loop overflowed.");
            }

            int width = Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector256<float>.Count;
            rates[i] = 2.0 * rounds * Chains * width / seconds;
        }

        return Repeats.Median(rates.Skip(1));
    }

    // Two inputs below one keep the sums bounded. The chains are locals, not an array: they must stay in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Loop512(int rounds)
    {
        Vector512<float> x = Vector512.Create(0.5f), y = Vector512.Create(0.25f);
        Vector512<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y;
        Vector512<float> i = y, j = y, k = y, l = y, m = y, n = y, o = y, p = y;
        for (int round = 0; round < rounds; round++)
        {
            a = Vector512.MultiplyAddEstimate(a, x, y);
            b = Vector512.MultiplyAddEstimate(b, x, y);
            c = Vector512.MultiplyAddEstimate(c, x, y);
            d = Vector512.MultiplyAddEstimate(d, x, y);
            e = Vector512.MultiplyAddEstimate(e, x, y);
            f = Vector512.MultiplyAddEstimate(f, x, y);
            g = Vector512.MultiplyAddEstimate(g, x, y);
            h = Vector512.MultiplyAddEstimate(h, x, y);
            i = Vector512.MultiplyAddEstimate(i, x, y);
            j = Vector512.MultiplyAddEstimate(j, x, y);
            k = Vector512.MultiplyAddEstimate(k, x, y);
            l = Vector512.MultiplyAddEstimate(l, x, y);
            m = Vector512.MultiplyAddEstimate(m, x, y);
            n = Vector512.MultiplyAddEstimate(n, x, y);
            o = Vector512.MultiplyAddEstimate(o, x, y);
            p = Vector512.MultiplyAddEstimate(p, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p);
    }

    // Eight chains in each of twice the rounds: sixteen would not fit the sixteen registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Loop256(int rounds)
    {
        Vector256<float> x = Vector256.Create(0.5f), y = Vector256.Create(0.25f);
        Vector256<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y;
        for (int round = 0; round < 2 * rounds; round++)
        {
            a = Vector256.MultiplyAddEstimate(a, x, y);
            b = Vector256.MultiplyAddEstimate(b, x, y);
            c = Vector256.MultiplyAddEstimate(c, x, y);
            d = Vector256.MultiplyAddEstimate(d, x, y);
            e = Vector256.MultiplyAddEstimate(e, x, y);
            f = Vector256.MultiplyAddEstimate(f, x, y);
            g = Vector256.MultiplyAddEstimate(g, x, y);
            h = Vector256.MultiplyAddEstimate(h, x, y);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h);
    }
}
