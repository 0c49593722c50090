using BenchmarkDotNet.Attributes;
using Ibke.Cli.Measurements;

namespace Ibke.Benchmarks;

/// <summary>What the machine can do at best; the results are printed by the benchmarks themselves, in bytes and operations a second.</summary>
[ShortRunJob]
public class MachineLimitBenchmarks
{
    /// <summary>A streaming read of memory by one thread, bytes a second.</summary>
    [Benchmark]
    public double ReadOneThread() => Report("memory read, 1 thread", ReadBandwidth.Measure(1, 512L << 20, 3, CancellationToken.None), "B/s");

    /// <summary>A streaming read of memory by all processors, bytes a second.</summary>
    [Benchmark]
    public double ReadAllThreads() => Report(
        $"memory read, {Environment.ProcessorCount} threads",
        ReadBandwidth.Measure(Environment.ProcessorCount, 512L << 20, 3, CancellationToken.None),
        "B/s");

    /// <summary>Multiply-adds on registers by one thread, operations a second.</summary>
    [Benchmark]
    public double MultiplyAdd() => Report("multiply-add, 1 thread", MultiplyAddPeak.Measure(3, CancellationToken.None), "FLOP/s");

    private static double Report(string name, double rate, string unit)
    {
        Console.WriteLine($"// {name}: {rate / 1e9:0.0} G{unit}");
        return rate;
    }
}
