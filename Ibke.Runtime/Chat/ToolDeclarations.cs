using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>The functions of a request, in the form that chat templates know.</summary>
internal static class ToolDeclarations
{
    /// <summary>The declarations, or null where there are none.</summary>
    /// <exception cref="ArgumentException">A tool is null.</exception>
    /// <exception cref="NotSupportedException">A tool is no function, or runs at a hosted service.</exception>
    public static JsonArray? ToJson(IEnumerable<AITool>? tools)
    {
        JsonArray declarations = [.. (tools ?? []).Select(ToJson)];
        return declarations.Count == 0 ? null : declarations;
    }

    private static JsonObject ToJson(AITool? tool)
    {
        if (tool is null)
        {
            throw new ArgumentException("ChatOptions.Tools holds a null.");
        }

        if (tool is not AIFunctionDeclaration function)
        {
            throw new NotSupportedException(
                $"The tool '{tool.Name}' ({tool.GetType().Name}) cannot be offered to a local model: only functions can. Remove it from ChatOptions.Tools.");
        }

        JsonObject declaration = new()
        {
            ["name"] = function.Name,
            ["description"] = function.Description,
            ["parameters"] = Schema(function.JsonSchema),
        };
        return new JsonObject { ["type"] = "function", ["function"] = declaration };
    }

    private static JsonNode Schema(JsonElement schema) => schema.ValueKind == JsonValueKind.Object
        ? (JsonObject)ForeignJson.Read(schema)!
        : new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() };
}
