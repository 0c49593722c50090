using System.Text.Json.Nodes;

namespace Ibke.Cli.Generating;

/// <summary>One line of output of <c>ibke generate</c>: a reply, or what was wrong.</summary>
internal sealed record GeneratedLine
{
    /// <summary>What the input line called itself.</summary>
    public JsonNode? Id { get; init; }

    /// <summary>The number of the input line, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>What was wrong; null for a reply.</summary>
    public string? Error { get; init; }

    /// <summary>The reply's text.</summary>
    public string? Text { get; init; }

    /// <summary>What the model thought before the reply; null for nothing.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The reply's tokens; only where the prompt was given as tokens.</summary>
    public IReadOnlyList<int>? Ids { get; init; }

    /// <summary>Functions the model called; null where it called none.</summary>
    public IReadOnlyList<GeneratedCall>? ToolCalls { get; init; }

    /// <summary>Why a call that the model began is part of the text instead; null where none is.</summary>
    public string? MalformedCall { get; init; }

    /// <summary><c>stop</c>, <c>length</c> or <c>tool_calls</c>.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Token counts.</summary>
    public GeneratedUsage? Usage { get; init; }
}

/// <summary>A function call of the model.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The function.</param>
/// <param name="Arguments">Values by name.</param>
internal sealed record GeneratedCall(string Id, string Name, IDictionary<string, object?>? Arguments);

/// <summary>Token counts of a reply.</summary>
/// <param name="PromptTokens">Tokens read.</param>
/// <param name="CompletionTokens">Tokens written.</param>
/// <param name="TotalTokens">Both.</param>
internal sealed record GeneratedUsage(long PromptTokens, long CompletionTokens, long TotalTokens);
