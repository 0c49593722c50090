using System.Diagnostics;
using System.Globalization;
using Ibke.Cli.Measurements;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Benchmarks;

/// <summary>
/// Generations side by side: tokens a second of all, time to the first token, how evenly they go, memory of each, and what slow readers do to the others.
/// </summary>
internal static class StreamSpeed
{
    private const int PromptTokens = 32;
    private const int Tokens = 64;
    private const int Repeats = 3;

    /// <summary>FOLDER of a model, or of a tokenizer for a model of random weights with "large" before it; then counts of streams.</summary>
    public static async Task RunAsync(string[] args)
    {
        bool isLarge = args[0] == "large";
        string folder = isLarge ? args[1] : args[0];
        int[] counts = [.. args[(isLarge ? 2 : 1)..].Select(count => int.Parse(count, CultureInfo.InvariantCulture))];
        using LargeModel? large = isLarge ? LargeModel.Create(folder, ElementType.BFloat16) : null;
        using LanguageModel model = LanguageModel.Load(large?.Folder ?? folder);
        Console.WriteLine($"{model.Id}, {model.Engine.Description}; prompts of {PromptTokens} tokens, replies of {Tokens}; the best of {Repeats} repeats");
        Console.WriteLine("streams  tokens/s  of one stream  first token, ms: median  longest  slowest/fastest  MiB a stream");
        double one = 0;
        foreach (int count in counts.Length > 0 ? counts : [1, 8, 32, 128])
        {
            Measured best = await MeasureAsync(model, count, slow: 0);
            for (int i = 1; i < Repeats; i++)
            {
                Measured next = await MeasureAsync(model, count, slow: 0);
                best = next.Rate > best.Rate ? next : best;
            }

            one = one == 0 ? best.Rate / count : one;
            Console.WriteLine(FormattableString.Invariant(
                $"{count,7}  {best.Rate,8:0.0}  {best.Rate / one,13:0.00}  {best.FirstTokens[best.FirstTokens.Length / 2],23:0}  {best.FirstTokens[^1],7:0}  {best.Spread,15:0.00}  {best.Bytes / 1048576.0 / count,12:0.0}"));
        }

        Measured alone = await MeasureAsync(model, 8, slow: 0), beside = await MeasureAsync(model, 8, slow: 4);
        Console.WriteLine(FormattableString.Invariant($"8 streams beside 4 that are read twice a second: {beside.Rate / alone.Rate:0.00} of their tokens/s without those"));
    }

    private static async Task<Measured> MeasureAsync(LanguageModel model, int count, int slow)
    {
        using TextGenerator generator = new(model, prefixCacheBytes: 0);
        using CancellationTokenSource end = new();
        Task[] slowReaders = [.. Enumerable.Range(0, slow).Select(i => Task.Run(() => ReadSlowlyAsync(generator, 1000 + i, end.Token)))];
        long before = Process.GetCurrentProcess().PrivateMemorySize64, start = Stopwatch.GetTimestamp();
        (double First, double All)[] times = await Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => ReadAsync(generator, i, start))));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long bytes = Math.Max(0, Process.GetCurrentProcess().PrivateMemorySize64 - before);
        await end.CancelAsync();
        await Task.WhenAll(slowReaders);
        return new Measured(count * Tokens / seconds, [.. times.Select(time => time.First).Order()], times.Max(time => time.All) / times.Min(time => time.All), bytes);
    }

    private static async Task<(double First, double All)> ReadAsync(TextGenerator generator, int seed, long start)
    {
        double first = 0;
        await foreach (GenerationStep _ in generator.GenerateAsync(Prompt(seed), Options(Tokens)))
        {
            first = first == 0 ? Stopwatch.GetElapsedTime(start).TotalMilliseconds : first;
        }

        return (first, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private static async Task ReadSlowlyAsync(TextGenerator generator, int seed, CancellationToken end)
    {
        await foreach (GenerationStep _ in generator.GenerateAsync(Prompt(seed), Options(400)))
        {
            await Task.Delay(500, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (end.IsCancellationRequested)
            {
                break;
            }
        }
    }

    // Every reply has the same length: no token ends it.
    private static GenerationOptions Options(int tokens) => new() { MaxNewTokens = tokens, LogitBias = new Dictionary<int, float> { [2] = -100 } };

    private static int[] Prompt(int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, PromptTokens).Select(_ => random.Next(300, 2000))];
    }

    private sealed record Measured(double Rate, double[] FirstTokens, double Spread, long Bytes);
}
