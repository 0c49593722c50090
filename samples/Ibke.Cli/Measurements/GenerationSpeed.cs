using System.Diagnostics;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;

namespace Ibke.Cli.Measurements;

/// <summary>How fast one conversation is read and written.</summary>
/// <param name="PromptTokens">Tokens of the prompts read.</param>
/// <param name="NewTokens">Tokens of the replies written.</param>
/// <param name="PrefillTokensPerSecond">Prompt tokens a second, up to the first token of the reply.</param>
/// <param name="DecodeTokensPerSecond">Tokens a second after the first.</param>
internal sealed record GenerationSpeed(int PromptTokens, int NewTokens, double PrefillTokensPerSecond, double DecodeTokensPerSecond)
{
    /// <summary>How long generations are made before any is measured: the runtime compiles hot methods again in the background.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <summary>Measures it on prompts of random tokens, each a new one, so that no earlier computation is used again.</summary>
    /// <param name="model">The model; nothing else uses it meanwhile.</param>
    /// <param name="promptTokens">Tokens a prompt.</param>
    /// <param name="newTokens">Tokens a reply; the model is kept from ending it earlier.</param>
    /// <param name="repeats">Measured generations, after some that are not.</param>
    /// <param name="cancellation">Ends between tokens.</param>
    public static GenerationSpeed Measure(
        LanguageModel model, int promptTokens, int newTokens, int repeats, CancellationToken cancellation)
    {
        Random random = new(7);
        using TextGenerator generator = new(model);
        GenerationOptions options = new() { MaxNewTokens = newTokens, LogitBias = NeverEnding.Bias(model) };
        List<double> prefill = [];
        List<double> decode = [];
        long began = Stopwatch.GetTimestamp();
        while (decode.Count < repeats)
        {
            bool warm = Stopwatch.GetElapsedTime(began) >= WarmUp;
            int[] prompt = [.. Enumerable.Range(0, promptTokens).Select(_ => random.Next(model.Config.VocabularySize))];
            long start = Stopwatch.GetTimestamp();
            long first = 0;
            int generated = 0;
            foreach (GenerationStep step in generator.Generate(prompt, options, null, cancellation))
            {
                first = generated++ == 0 ? Stopwatch.GetTimestamp() : first;
            }

            long end = Stopwatch.GetTimestamp();
            if (warm)
            {
                prefill.Add(promptTokens / Stopwatch.GetElapsedTime(start, first).TotalSeconds);
                decode.Add((generated - 1) / Stopwatch.GetElapsedTime(first, end).TotalSeconds);
            }
        }

        return new GenerationSpeed(promptTokens, newTokens, Repeats.Median(prefill), Repeats.Median(decode));
    }
}
