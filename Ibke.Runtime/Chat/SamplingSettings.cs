using System.Globalization;
using System.Text.Json;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Generation;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>What a request's <see cref="ChatOptions"/> and, where they are silent, the model's own settings say about decoding.</summary>
internal static class SamplingSettings
{
    /// <summary>The decoding options, but for the limit of tokens, which depends on the prompt.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the exception names it.</exception>
    /// <exception cref="ArgumentException">A stop sequence is empty, or an additional property is of the wrong kind.</exception>
    public static GenerationOptions Read(ChatOptions? options, GenerationConfig model)
    {
        if (options?.MaxOutputTokens is < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(options.MaxOutputTokens), options.MaxOutputTokens, "MaxOutputTokens must be at least 1.");
        }

        GenerationOptions result = new()
        {
            Temperature = options?.Temperature ?? (model.DoSample == true ? model.Temperature ?? 1 : 0),
            TopK = options?.TopK ?? model.TopK ?? 0,
            TopP = options?.TopP ?? model.TopP ?? 1,
            MinP = Number(options, "min_p") ?? 0,
            TypicalP = Number(options, "typical_p") ?? 1,
            RepetitionPenalty = Number(options, "repetition_penalty") ?? model.RepetitionPenalty ?? 1,
            FrequencyPenalty = options?.FrequencyPenalty ?? 0,
            PresencePenalty = options?.PresencePenalty ?? 0,
            Seed = (ulong?)options?.Seed,
            StopSequences = [.. options?.StopSequences ?? []],
            LogProbabilities = LogProbabilities(options),
        };
        result.Validate();
        return result;
    }

    /// <summary>As OpenAI's interface has it: <c>logprobs</c> asks for them, <c>top_logprobs</c> for alternatives.</summary>
    private static int? LogProbabilities(ChatOptions? options)
    {
        object? wanted = options?.AdditionalProperties?.GetValueOrDefault("logprobs");
        bool isWanted = wanted switch
        {
            null or false or JsonElement { ValueKind: JsonValueKind.False or JsonValueKind.Null } => false,
            true or JsonElement { ValueKind: JsonValueKind.True } => true,
            _ => throw new ArgumentException($"The additional property 'logprobs' must be true or false, not '{wanted}'.", "logprobs"),
        };
        float? top = Number(options, "top_logprobs");
        return !isWanted && top > 0 ? throw new ArgumentException("The additional property 'top_logprobs' needs 'logprobs' to be true.", "top_logprobs")
            : !isWanted ? null
            : top is null or (>= 0 and <= 20) && (top ?? 0) == MathF.Floor(top ?? 0) ? (int)(top ?? 0)
            : throw new ArgumentOutOfRangeException("top_logprobs", top, "The additional property 'top_logprobs' must be an integer from 0 to 20.");
    }

    private static float? Number(ChatOptions? options, string name)
    {
        object? value = options?.AdditionalProperties?.GetValueOrDefault(name);
        switch (value)
        {
            case null:
                return null;
            case JsonElement { ValueKind: JsonValueKind.Number } element:
                return element.GetSingle();
            case IConvertible number when value is not (bool or char or DateTime):
                try
                {
                    return number.ToSingle(CultureInfo.InvariantCulture);
                }
                catch (Exception failure) when (failure is FormatException or OverflowException)
                {
                    break;
                }
        }

        throw new ArgumentException($"The additional property '{name}' must be a number, not '{value}'.", name);
    }
}
