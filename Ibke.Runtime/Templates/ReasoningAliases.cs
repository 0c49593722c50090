using System.Text.Json.Nodes;

namespace Ibke.Runtime.Templates;

/// <summary>Templates name a message's reasoning differently; every name gives the same text, as transformers arranges it.</summary>
internal static class ReasoningAliases
{
    private static readonly string[] _names = ["reasoning_content", "thinking", "reasoning"];

    /// <summary>The messages, with <c>reasoning_content</c> and <c>thinking</c> wherever a message has reasoning under any name.</summary>
    public static JsonArray Apply(JsonArray messages) =>
        messages.Any(static message => ReasoningOf(message) is not null)
            ? new JsonArray([.. messages.Select(static message => ReasoningOf(message) is { } text ? WithAliases((JsonObject)message!, text) : message?.DeepClone())])
            : messages;

    private static JsonNode? ReasoningOf(JsonNode? message) =>
        message is JsonObject entries ? _names.Select(name => entries[name]).FirstOrDefault(static value => value is not null) : null;

    private static JsonObject WithAliases(JsonObject message, JsonNode reasoning)
    {
        JsonObject result = [];
        if (!message.ContainsKey("thinking"))
        {
            result["thinking"] = reasoning.DeepClone();
        }

        foreach ((string name, JsonNode? value) in message)
        {
            result[name] = value?.DeepClone();
        }

        result["reasoning_content"] = reasoning.DeepClone();
        return result;
    }
}
