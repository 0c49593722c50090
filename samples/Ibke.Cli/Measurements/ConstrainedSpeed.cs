using System.Diagnostics;
using System.Text.Json;
using Ibke.Runtime.Constraints;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;

namespace Ibke.Cli.Measurements;

/// <summary>What it costs to keep replies to a JSON schema.</summary>
/// <param name="FreeTokensPerSecond">Tokens a second after the first, of free replies.</param>
/// <param name="ConstrainedTokensPerSecond">The same of replies of the same lengths that satisfy the schema.</param>
/// <param name="ExtraOfStep">By how much longer a constrained token takes, as a share of a free one.</param>
/// <param name="FirstTokenSeconds">The first constrained generation up to its first token: the schema is compiled.</param>
internal sealed record ConstrainedSpeed(
    double FreeTokensPerSecond, double ConstrainedTokensPerSecond, double ExtraOfStep, double FirstTokenSeconds)
{
    private const int PromptTokens = 16;
    private const int NewTokens = 160;
    private const int WarmUps = 40;

    private const string Schema = """
        {"type": "array", "minItems": 4, "maxItems": 8, "items": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 40},
        "kind": {"enum": ["person", "company", "city"]}, "year": {"type": "integer", "minimum": 1900, "maximum": 2030}, "score": {"type": "number"},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 3}}, "required": ["name", "kind", "year"]}}
        """;

    /// <summary>Measures both by turns, on the same prompts of random tokens.</summary>
    /// <param name="model">The model; nothing else uses it meanwhile.</param>
    /// <param name="repeats">Measured pairs.</param>
    /// <param name="cancellation">Ends between tokens.</param>
    public static ConstrainedSpeed Measure(LanguageModel model, int repeats, CancellationToken cancellation)
    {
        Random random = new(9);
        using TextGenerator generator = new(model);
        GenerationOptions constrained = new() { MaxNewTokens = NewTokens, Constraint = TextConstraint.JsonSchema(JsonElement.Parse(Schema)) };
        GenerationOptions free = new() { LogitBias = NeverEnding.Bias(model) };
        double firstToken = 0;
        List<double> freeSeconds = [];
        List<double> constrainedSeconds = [];
        for (int i = -WarmUps; i < repeats; i++)
        {
            int[] prompt = [.. Enumerable.Range(0, PromptTokens).Select(_ => random.Next(model.Config.VocabularySize))];
            (int tokens, double first, double each) = Time(generator, prompt, constrained, cancellation);
            (_, _, double freeEach) = Time(generator, prompt, free with { MaxNewTokens = tokens }, cancellation);
            firstToken = i == -WarmUps ? first : firstToken;
            if (i >= 0)
            {
                freeSeconds.Add(freeEach);
                constrainedSeconds.Add(each);
            }
        }

        double ratio = Repeats.Median(constrainedSeconds.Zip(freeSeconds, (own, other) => own / other));
        return new ConstrainedSpeed(1 / Repeats.Median(freeSeconds), 1 / Repeats.Median(constrainedSeconds), ratio - 1, firstToken);
    }

    private static (int Tokens, double First, double Each) Time(
        TextGenerator generator, int[] prompt, GenerationOptions options, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        long first = 0;
        int tokens = 0;
        foreach (GenerationStep _ in generator.Generate(prompt, options, null, cancellation))
        {
            first = tokens++ == 0 ? Stopwatch.GetTimestamp() : first;
        }

        return (tokens, Stopwatch.GetElapsedTime(start, first).TotalSeconds, Stopwatch.GetElapsedTime(first).TotalSeconds / Math.Max(1, tokens - 1));
    }
}
