using Ibke.Runtime.Cpu;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Cli.Measurements;

/// <summary>How much of the memory's speed decoding uses, on a model that no cache holds.</summary>
/// <param name="Weights">How the weights are stored.</param>
/// <param name="WeightBytes">All of them; each token reads them once.</param>
/// <param name="Threads">Threads that computed.</param>
/// <param name="PrefillTokensPerSecond">Prompt tokens a second, median.</param>
/// <param name="DecodeTokensPerSecond">Tokens of the reply a second, median.</param>
/// <param name="ReadBytesPerSecond">The machine's streaming read with as many threads, median.</param>
/// <param name="FractionOfRead">Bytes of weights read a second while decoding ÷ the streaming read beside it, median.</param>
internal sealed record DecodeBandwidth(
    ElementType Weights, long WeightBytes, int Threads, double PrefillTokensPerSecond, double DecodeTokensPerSecond,
    double ReadBytesPerSecond, double FractionOfRead)
{
    /// <summary>Tokens of the prompts.</summary>
    public const int PromptTokens = 64;

    private const int NewTokens = 48;

    /// <summary>Measures one number of threads; reads and replies alternate, so that a change of the memory's speed touches both.</summary>
    public static DecodeBandwidth Measure(
        LargeModel large, ElementType weights, int threads, long readBytes, int repeats, CancellationToken cancellation)
    {
        using CpuEngine engine = new(new CpuEngineOptions { Threads = threads });
        using LanguageModel model = LanguageModel.Load(large.Folder, new LanguageModelOptions { Engine = engine });

        // The embedding is the output matrix too (tied): read as a whole once a token, and one row of it besides.
        long bytes = model.Transformer.Parameters.Values.Sum(tensor => tensor.Bytes);
        GenerationSpeed[] speeds = new GenerationSpeed[repeats];
        double[] reads = new double[repeats];
        for (int i = 0; i < repeats; i++)
        {
            reads[i] = ReadBandwidth.Measure(threads, readBytes, 1, cancellation);
            speeds[i] = GenerationSpeed.Measure(model, PromptTokens, NewTokens, 1, cancellation);
        }

        return new DecodeBandwidth(
            weights, bytes, threads, Repeats.Median(speeds.Select(speed => speed.PrefillTokensPerSecond)),
            Repeats.Median(speeds.Select(speed => speed.DecodeTokensPerSecond)), Repeats.Median(reads),
            Repeats.Median(speeds.Zip(reads, (speed, read) => bytes * speed.DecodeTokensPerSecond / read)));
    }
}
