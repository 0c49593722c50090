using System.Text.Json.Nodes;

namespace Ibke.Runtime.Editing;

/// <summary>
/// A conversation whose next reply no edit may change: a refusal, a call of a function, a greeting. Part of a <see cref="ModelCard"/>.
/// </summary>
/// <param name="Messages">Objects with <c>role</c> and <c>content</c>, as a chat template takes them; the model is to reply to the last one.</param>
/// <param name="Tools">The functions listed to the model, as a chat template takes them; null for none.</param>
public sealed record Canary(JsonArray Messages, JsonArray? Tools = null)
{
    /// <summary>The text of the last message: what the model replies to.</summary>
    public string Question => Content(Messages[^1]) ?? "";

    /// <summary>What is wrong with it; null if it can be asked.</summary>
    internal string? FindProblem() =>
        Messages is not { Count: > 0 } ? "has no messages"
        : Messages.Any(message => message is not JsonObject fields || fields["role"] is not JsonValue) ? "has a message that is no object with a role"
        : Tools is not null && Tools.Any(tool => tool is not JsonObject) ? "has a function that is no object"
        : Content(Messages[^1]) is null ? "ends with a message without text"
        : null;

    private static string? Content(JsonNode? message) =>
        message?["content"] is JsonValue value && value.TryGetValue(out string? text) && !string.IsNullOrWhiteSpace(text) ? text : null;
}
