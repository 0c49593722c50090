using System.Text.Json;

namespace Ibke.Samples.ChatBackend.Chat;

/// <summary>The body of <c>POST /v1/chat/completions</c>, as OpenAI defines it. What is not named here is ignored.</summary>
internal sealed record ChatCompletionBody
{
    public string? Model { get; init; }

    public IReadOnlyList<MessageBody>? Messages { get; init; }

    public bool? Stream { get; init; }

    public StreamOptionsBody? StreamOptions { get; init; }

    public int? N { get; init; }

    public float? Temperature { get; init; }

    public float? TopP { get; init; }

    public float? FrequencyPenalty { get; init; }

    public float? PresencePenalty { get; init; }

    public int? MaxTokens { get; init; }

    public int? MaxCompletionTokens { get; init; }

    public long? Seed { get; init; }

    /// <summary>A text, or several.</summary>
    public JsonElement Stop { get; init; }

    public IReadOnlyList<ToolBody>? Tools { get; init; }

    /// <summary>A word, or the function that is to be called.</summary>
    public JsonElement ToolChoice { get; init; }

    public bool? ParallelToolCalls { get; init; }

    public ResponseFormatBody? ResponseFormat { get; init; }

    public bool? Logprobs { get; init; }

    public int? TopLogprobs { get; init; }

    /// <summary>Not supported.</summary>
    public JsonElement LogitBias { get; init; }

    /// <summary>Not supported: the form before tools.</summary>
    public JsonElement Functions { get; init; }
}

/// <summary>A message.</summary>
internal sealed record MessageBody
{
    public string? Role { get; init; }

    /// <summary>A text, parts of it, or null.</summary>
    public JsonElement Content { get; init; }

    public string? Name { get; init; }

    public IReadOnlyList<ToolCallBody>? ToolCalls { get; init; }

    public string? ToolCallId { get; init; }
}

/// <summary>A call of a function, in requests and in replies.</summary>
internal sealed record ToolCallBody(string Id, string? Type, CalledFunctionBody Function);

/// <summary>What is called, with arguments as the text of a JSON object.</summary>
internal sealed record CalledFunctionBody(string Name, string Arguments);

/// <summary>A function that may be called.</summary>
internal sealed record ToolBody(string? Type, FunctionBody? Function = null);

/// <summary>How a function is called.</summary>
internal sealed record FunctionBody
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public JsonElement Parameters { get; init; }
}

/// <summary>The form of the reply.</summary>
internal sealed record ResponseFormatBody(string? Type, JsonSchemaBody? JsonSchema = null);

/// <summary>A schema.</summary>
internal sealed record JsonSchemaBody
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    public JsonElement Schema { get; init; }
}

/// <summary>What a stream holds besides the reply.</summary>
internal sealed record StreamOptionsBody(bool? IncludeUsage = null);
