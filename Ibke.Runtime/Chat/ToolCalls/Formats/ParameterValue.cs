using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ibke.Runtime.Chat.ToolCalls.Formats;

/// <summary>The value of a parameter that is written as plain text, by the type its schema gives it.</summary>
internal static class ParameterValue
{
    /// <summary>Reads a value.</summary>
    /// <param name="text">The text between the marks of the parameter.</param>
    /// <param name="schema">The parameter's schema; without one, what reads as a number, a list or the like is one.</param>
    public static object? Read(string text, JsonObject? schema)
    {
        IReadOnlyList<string> types = Types(schema);
        bool isNothing = text.Trim() is "null" or "None";
        if (types.Contains("string") && !(isNothing && types.Contains("null")))
        {
            return JsonSerializer.SerializeToElement(text);
        }

        return PythonLiterals.TryReadValue(text, out JsonNode? value)
            ? value is null ? null : JsonSerializer.SerializeToElement(value)
            : JsonSerializer.SerializeToElement(text);
    }

    /// <summary>Whether a value may be a text, which stands there without quotes; so may one without a type.</summary>
    public static bool MayBeText(JsonObject? schema) => Types(schema) is var types && (types.Count == 0 || types.Contains("string"));

    private static IReadOnlyList<string> Types(JsonObject? schema) => schema?["type"] switch
    {
        JsonValue type when type.TryGetValue(out string? name) => [name],
        JsonArray types => [.. types.OfType<JsonValue>().Select(static type => type.TryGetValue(out string? name) ? name : "")],
        _ when schema?["enum"] is JsonArray values && values.All(static value => value?.GetValueKind() == JsonValueKind.String) => ["string"],
        _ => [.. (schema?["anyOf"] ?? schema?["oneOf"]) is JsonArray choices ? choices.OfType<JsonObject>().SelectMany(Types) : []],
    };
}
