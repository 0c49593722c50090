using System.Text.Json;
using Ibke.Runtime.Generation;
using Ibke.Samples.ChatBackend.Errors;

namespace Ibke.Samples.ChatBackend.Chat;

/// <summary>The body of <c>POST /v1/completions</c>, as OpenAI defines it. What is not named here is ignored.</summary>
internal sealed record CompletionBody
{
    private const int DefaultTokens = 16;

    public string? Model { get; init; }

    /// <summary>A text.</summary>
    public JsonElement Prompt { get; init; }

    public bool? Stream { get; init; }

    public int? N { get; init; }

    public float? Temperature { get; init; }

    public float? TopP { get; init; }

    public float? FrequencyPenalty { get; init; }

    public float? PresencePenalty { get; init; }

    public int? MaxTokens { get; init; }

    public long? Seed { get; init; }

    /// <summary>A text, or several.</summary>
    public JsonElement Stop { get; init; }

    /// <summary>Not supported.</summary>
    public JsonElement Logprobs { get; init; }

    /// <summary>Not supported.</summary>
    public bool? Echo { get; init; }

    /// <summary>The text to be continued.</summary>
    /// <exception cref="ApiException">It is something else, or the request asks for what is not supported.</exception>
    public string Text()
    {
        bool wantsMore = N is not (null or 1) || Echo == true || Logprobs.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);
        return wantsMore ? throw ApiException.Invalid("n, echo and logprobs are not supported here; use chat completions.", code: "unsupported_parameter")
            : Prompt.ValueKind == JsonValueKind.String && Prompt.GetString() is { Length: > 0 } text ? text
            : throw ApiException.Invalid("The prompt must be one text that is not empty.", "prompt");
    }

    /// <summary>How it is continued.</summary>
    /// <exception cref="ApiException">A value cannot be used.</exception>
    public GenerationOptions Sampling(int mostTokens) => new()
    {
        MaxNewTokens = Math.Min(MaxTokens ?? DefaultTokens, mostTokens),
        Temperature = Temperature ?? 0,
        TopP = TopP ?? 1,
        FrequencyPenalty = FrequencyPenalty ?? 0,
        PresencePenalty = PresencePenalty ?? 0,
        Seed = (ulong?)Seed,
        StopSequences = ChatPlan.Stops(Stop),
    };
}

/// <summary>A completion as OpenAI shows it; a chunk looks the same.</summary>
internal sealed record Completion(string Id, string Object, long Created, string Model, IReadOnlyList<CompletionChoice> Choices, UsageView? Usage);

/// <summary>A continuation, or a piece of it.</summary>
internal sealed record CompletionChoice(int Index, string Text, string? FinishReason, object? Logprobs = null);
