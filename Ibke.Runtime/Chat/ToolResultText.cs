using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Templates.Values;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>What the model reads of a function's result: text as it is, anything else as JSON in the form models are trained on.</summary>
internal static class ToolResultText
{
    public static string Of(FunctionResultContent result) => result.Result switch
    {
        null => result.Exception is null ? "" : "Error: the function failed.",
        string text => text,
        TextContent content => content.Text,
        JsonElement { ValueKind: JsonValueKind.String } element => (string)ToNode(element)!,
        var value => JsonText.Format(ToNode(value)),
    };

    /// <summary>A value's JSON, as the contracts of chat clients serialise it.</summary>
    public static JsonNode? ToNode(object? value) => value switch
    {
        null => null,
        JsonNode node => node,
        _ => ForeignJson.Read(value),
    };
}
