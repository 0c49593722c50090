using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ibke.Cli.Measurements;

/// <summary>
/// How fast threads can read memory that no cache holds: each sums its own part of a large block once, front to back.
/// This bounds decoding, which reads every weight once for each token.
/// </summary>
internal static unsafe class ReadBandwidth
{
    private const int Stride = 256;

    /// <summary>Bytes a second, the median of some passes.</summary>
    /// <param name="threads">Threads that read at once.</param>
    /// <param name="bytes">The size of the block; several times the last cache.</param>
    /// <param name="repeats">Measured passes.</param>
    /// <param name="cancellation">Ends between passes.</param>
    public static double Measure(int threads, long bytes, int repeats, CancellationToken cancellation)
    {
        long part = bytes / threads / Stride * Stride;
        byte* block = (byte*)NativeMemory.AlignedAlloc((nuint)(part * threads), 4096);
        try
        {
            // Written once, so that every page is really there.
            Run(threads, i => NativeMemory.Fill(block + (i * part), (nuint)part, 1));
            ulong[] sums = new ulong[threads];
            double[] seconds = new double[repeats + 1];
            for (int pass = 0; pass <= repeats; pass++)
            {
                cancellation.ThrowIfCancellationRequested();
                seconds[pass] = Run(threads, i => sums[i] = Sum(block + (i * part), part));
            }

            // Filled with ones, every 8 bytes are the same number: the sum shows that all was read.
            ulong expected = unchecked((ulong)(part / 8) * 0x0101010101010101UL);
            return Array.TrueForAll(sums, sum => sum == expected)
                ? part * threads / Repeats.Median(seconds.Skip(1))
                : throw new InvalidOperationException("The memory read does not hold what was written.");
        }
        finally
        {
            NativeMemory.AlignedFree(block);
        }
    }

    /// <summary>Runs one part on each thread and takes the time from the common start to the last end.</summary>
    private static double Run(int threads, Action<int> part)
    {
        if (threads == 1)
        {
            long alone = Stopwatch.GetTimestamp();
            part(0);
            return Stopwatch.GetElapsedTime(alone).TotalSeconds;
        }

        using Barrier start = new(threads + 1);
        Thread[] workers = new Thread[threads];
        for (int i = 0; i < threads; i++)
        {
            int index = i;
            workers[i] = new Thread(() =>
            {
                start.SignalAndWait();
                part(index);
            });
            workers[i].Start();
        }

        start.SignalAndWait();
        long begin = Stopwatch.GetTimestamp();
        foreach (Thread worker in workers)
        {
            worker.Join();
        }

        return Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    // Four independent sums keep more than one read in flight.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong Sum(byte* source, long bytes)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<ulong> a = default, b = default, c = default, d = default;
            for (long i = 0; i < bytes; i += Stride)
            {
                a += Vector512.Load((ulong*)(source + i));
                b += Vector512.Load((ulong*)(source + i + 64));
                c += Vector512.Load((ulong*)(source + i + 128));
                d += Vector512.Load((ulong*)(source + i + 192));
            }

            return Vector512.Sum(a + b + c + d);
        }

        Vector256<ulong> e = default, f = default, g = default, h = default;
        for (long i = 0; i < bytes; i += Stride / 2)
        {
            e += Vector256.Load((ulong*)(source + i));
            f += Vector256.Load((ulong*)(source + i + 32));
            g += Vector256.Load((ulong*)(source + i + 64));
            h += Vector256.Load((ulong*)(source + i + 96));
        }

        return Vector256.Sum(e + f + g + h);
    }
}
