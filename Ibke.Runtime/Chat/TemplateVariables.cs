using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>Further variables of a model's own template, such as <c>enable_thinking</c> or <c>documents</c>.</summary>
internal static class TemplateVariables
{
    /// <summary>Key of the variables in <see cref="ChatOptions.AdditionalProperties"/>: a dictionary, or a JSON object.</summary>
    public const string Key = "chat_template_kwargs";

    /// <summary>What the conversation itself decides.</summary>
    private static readonly string[] _reserved = ["messages", "tools", "add_generation_prompt"];

    /// <summary>The variables, as a copy; none where none are given.</summary>
    /// <exception cref="ArgumentException">They are no dictionary, or one of them is not the caller's to set.</exception>
    public static JsonObject Read(ChatOptions? options)
    {
        JsonObject variables = options?.AdditionalProperties?.GetValueOrDefault(Key) switch
        {
            null => [],
            JsonObject json => (JsonObject)json.DeepClone(),
            JsonElement { ValueKind: JsonValueKind.Object } json => (JsonObject)ForeignJson.Read(json)!,
            IDictionary or IReadOnlyDictionary<string, object?> or IDictionary<string, object?> or IReadOnlyDictionary<string, JsonNode?> =>
                (JsonObject)ToolResultText.ToNode(options.AdditionalProperties[Key])!.DeepClone(),
            var value => throw new ArgumentException($"The additional property '{Key}' must be a dictionary, not {value.GetType().Name}.", Key),
        };
        return _reserved.FirstOrDefault(variables.ContainsKey) is { } name
            ? throw new ArgumentException($"The variable '{name}' of the chat template follows from the request and cannot be set by '{Key}'.", Key)
            : variables;
    }
}
