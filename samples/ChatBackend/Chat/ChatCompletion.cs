using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Ibke.Samples.ChatBackend.Chat;

/// <summary>A completion as OpenAI shows it, whole or a chunk of it.</summary>
internal sealed record ChatCompletion(string Id, string Object, long Created, string Model, IReadOnlyList<ChoiceView> Choices)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UsageView? Usage { get; init; }

    /// <summary>What the server did about the model's knowledge: <c>call</c> or <c>result</c> of a chunk, <c>calls</c> of a whole reply.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonObject? Ibke { get; init; }
}

/// <summary>A reply; a message where it is whole, a delta where it is a chunk.</summary>
internal sealed record ChoiceView(int Index)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MessageView? Message { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DeltaView? Delta { get; init; }

    public LogprobsView? Logprobs { get; init; }

    public string? FinishReason { get; init; }
}

/// <summary>A whole message.</summary>
internal sealed record MessageView(string Role, string? Content)
{
    public string? Refusal { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReasoningContent { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ToolCallBody>? ToolCalls { get; init; }
}

/// <summary>What a chunk adds.</summary>
internal sealed record DeltaView
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Content { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReasoningContent { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ToolCallDelta>? ToolCalls { get; init; }
}

/// <summary>A call in a chunk; always complete.</summary>
internal sealed record ToolCallDelta(int Index, string Id, string Type, CalledFunctionBody Function);

/// <summary>Tokens of all rounds and choices.</summary>
internal sealed record UsageView(long PromptTokens, long CompletionTokens, long TotalTokens, PromptTokensView PromptTokensDetails);

/// <summary>Tokens of prompts that had been computed already.</summary>
internal sealed record PromptTokensView(long CachedTokens);

/// <summary>How probable the tokens were.</summary>
internal sealed record LogprobsView(IReadOnlyList<TokenView> Content, IReadOnlyList<TokenView>? Refusal = null);

/// <summary>How probable a token was.</summary>
internal sealed record TokenView(string Token, float Logprob, int[] Bytes)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TokenView>? TopLogprobs { get; init; }
}
