using System.Text.Json;
using Ibke.Samples.ChatBackend.Errors;
using Microsoft.Extensions.AI;

namespace Ibke.Samples.ChatBackend.Chat;

/// <summary>Reads the functions of a request, and whether one must be called.</summary>
internal static class ToolReader
{
    private const int MostTools = 128;
    private const int LongestName = 64;

    private static readonly JsonElement _noParameters = JsonElement.Parse("""{"type":"object","properties":{}}""");

    /// <summary>The functions, as declarations only: whoever asks calls them.</summary>
    /// <exception cref="ApiException">One is not as it must be; names it.</exception>
    public static IList<AITool>? ReadTools(IReadOnlyList<ToolBody>? tools)
    {
        if (tools is not { Count: > 0 })
        {
            return null;
        }

        if (tools.Count > MostTools)
        {
            throw ApiException.Invalid($"There are {tools.Count} tools, at most {MostTools} are taken.", "tools");
        }

        List<AITool> read = [.. tools.Select((tool, i) => Declare(tool, $"tools[{i}]"))];
        return read.DistinctBy(tool => tool.Name).Count() == read.Count ? read : throw ApiException.Invalid("Two tools have the same name.", "tools");
    }

    /// <summary>Whether a function may or must be called; null where the request does not say.</summary>
    /// <exception cref="ApiException">It is not as it must be.</exception>
    public static ChatToolMode? ReadChoice(JsonElement choice, IList<AITool>? tools)
    {
        switch (choice.ValueKind)
        {
            case JsonValueKind.Undefined or JsonValueKind.Null:
                return null;
            case JsonValueKind.String when choice.ValueEquals("none"):
                return ChatToolMode.None;
            case JsonValueKind.String when choice.ValueEquals("auto"):
                return ChatToolMode.Auto;
            case JsonValueKind.String when choice.ValueEquals("required") && tools is not null:
                return ChatToolMode.RequireAny;
            case JsonValueKind.Object when NameIn(choice) is { } name && tools?.Any(tool => tool.Name == name) == true:
                return ChatToolMode.RequireSpecific(name);
            default:
                throw ApiException.Invalid("The tool choice must be none, auto, required, or name one of the tools.", "tool_choice");
        }
    }

    private static string? NameIn(JsonElement choice) =>
        choice.TryGetProperty("function", out JsonElement function) && function.ValueKind == JsonValueKind.Object
        && function.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;

    private static AIFunctionDeclaration Declare(ToolBody? tool, string place)
    {
        if (tool is not { Type: "function", Function: { } function })
        {
            throw ApiException.Invalid("A tool must be of the type 'function', and have one.", place);
        }

        if (function.Name.Length is 0 or > LongestName || !function.Name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-'))
        {
            throw ApiException.Invalid($"The name of a function must be of 1 to {LongestName} letters, digits, _ or -.", $"{place}.function.name");
        }

        JsonElement parameters = function.Parameters.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => _noParameters,
            JsonValueKind.Object => function.Parameters,
            _ => throw ApiException.Invalid("The parameters must be a JSON schema.", $"{place}.function.parameters"),
        };
        return AIFunctionFactory.CreateDeclaration(function.Name, function.Description ?? "", parameters);
    }
}
