using System.Text.Json.Nodes;

namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>The functions of a request, as far as reading calls depends on them.</summary>
internal sealed class DeclaredFunctions
{
    private readonly Dictionary<string, JsonObject?>? _parameters;

    /// <param name="declarations">In the form that chat templates know; null where it is not known which functions there are.</param>
    public DeclaredFunctions(JsonArray? declarations) =>
        _parameters = declarations?.Select(static item => item!["function"]!.AsObject()).GroupBy(static function => (string)function["name"]!)
            .ToDictionary(static group => group.Key, static group => group.First()["parameters"] as JsonObject, StringComparer.Ordinal);

    /// <summary>No list of functions: any name may be one.</summary>
    public static DeclaredFunctions Unknown { get; } = new(null);

    /// <summary>Whether there may be a function of this name.</summary>
    public bool MayInclude(string name) => _parameters is null || _parameters.ContainsKey(name);

    /// <summary>What the schema says about one parameter of a function, or null where it says nothing.</summary>
    public JsonObject? Parameter(string function, string parameter) =>
        _parameters?.GetValueOrDefault(function)?["properties"] is JsonObject properties ? properties[parameter] as JsonObject : null;
}
