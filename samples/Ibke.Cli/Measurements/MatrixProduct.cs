using System.Diagnostics;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Tensors;

namespace Ibke.Cli.Measurements;

/// <summary>How close the engine's matrix product comes to what a core can do.</summary>
/// <param name="Rows">Rows of the left matrix.</param>
/// <param name="Size">Rows and columns of the right matrix.</param>
/// <param name="FlopsPerSecond">Of one thread, two operations a multiply-add, median.</param>
/// <param name="PeakFlopsPerSecond">Of a loop on registers on one thread, median.</param>
/// <param name="FractionOfPeak">The one divided by the other, taken side by side, median.</param>
internal sealed record MatrixProduct(int Rows, int Size, double FlopsPerSecond, double PeakFlopsPerSecond, double FractionOfPeak)
{
    /// <summary>Measures both on one thread, alternating, so that a change of the core's speed touches both.</summary>
    public static MatrixProduct Measure(int repeats, CancellationToken cancellation)
    {
        const int rows = 480, size = 1536;
        using CpuEngine engine = new(new CpuEngineOptions { Threads = 1 });
        using Tensor left = Random(engine, rows, size, 1);
        using Tensor right = Random(engine, size, size, 2);
        double[] products = new double[repeats];
        double[] peaks = new double[repeats];
        engine.Operations.Linear(left, right).Dispose();
        for (int i = 0; i < repeats; i++)
        {
            peaks[i] = MultiplyAddPeak.Measure(1, cancellation);
            long start = Stopwatch.GetTimestamp();
            engine.Operations.Linear(left, right).Dispose();
            products[i] = 2.0 * rows * size * size / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        return new MatrixProduct(
            rows, size, Repeats.Median(products), Repeats.Median(peaks), Repeats.Median(products.Zip(peaks, (product, peak) => product / peak)));
    }

    private static Tensor Random(CpuEngine engine, int rows, int columns, int seed)
    {
        Random random = new(seed);
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle() - 0.5f;
        }

        return engine.Create(new TensorShape(rows, columns), values);
    }
}
