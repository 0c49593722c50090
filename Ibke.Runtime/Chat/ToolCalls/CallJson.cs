using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>Makes calls of the JSON that models write.</summary>
internal static class CallJson
{
    // Deeper values are refused; functions' own serialisers stop at 64.
    private static readonly JsonDocumentOptions _options = new() { MaxDepth = 128 };

    /// <summary>The call an object with a name and arguments makes.</summary>
    /// <param name="json">The object.</param>
    /// <param name="problem">Why there is no call.</param>
    /// <param name="argumentsNeeded">Whether arguments that are left out make it no call, rather than one without any.</param>
    public static FunctionCallContent? Read(string json, out string problem, bool argumentsNeeded = false) =>
        Parse(json, out problem, root => Call(root, argumentsNeeded));

    /// <summary>The calls of an array of such objects.</summary>
    public static IReadOnlyList<FunctionCallContent>? ReadList(string json, out string problem) => Parse(json, out problem, static root =>
    {
        IReadOnlyList<FunctionCallContent> calls = [.. Array(root).Select(static item => Call(item, argumentsNeeded: false))];
        return calls.Count > 0 ? calls : throw new FormatException("the list of calls is empty");
    });

    /// <summary>The call of a function whose arguments are an object, or a string that holds one.</summary>
    public static FunctionCallContent? ReadArguments(string name, string json, out string problem) =>
        Parse(json, out problem, root => Call(name, root));

    /// <summary>A call with an id of its own.</summary>
    public static FunctionCallContent Call(string name, IDictionary<string, object?> arguments) =>
        new("call_" + Guid.NewGuid().ToString("N"), name, arguments);

    private static T? Parse<T>(string json, out string problem, Func<JsonElement, T> read)
        where T : class
    {
        problem = "";
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, _options);
            return read(document.RootElement);
        }
        catch (JsonException failure)
        {
            problem = $"it is no JSON: {failure.Message}";
        }
        catch (FormatException failure)
        {
            problem = failure.Message;
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException)
        {
            problem = "its text holds half a surrogate pair";
        }

        return null;
    }

    private static IEnumerable<JsonElement> Array(JsonElement root) =>
        root.ValueKind == JsonValueKind.Array ? root.EnumerateArray() : throw new FormatException("it is no list of calls");

    private static FunctionCallContent Call(JsonElement root, bool argumentsNeeded)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("it is no JSON object");
        }

        if ((!root.TryGetProperty("name", out JsonElement name) && !root.TryGetProperty("tool_name", out name)) || name.ValueKind != JsonValueKind.String || name.GetString() is not { Length: > 0 } text)
        {
            throw new FormatException("it has no name");
        }

        return root.TryGetProperty("arguments", out JsonElement arguments) || root.TryGetProperty("parameters", out arguments) ? Call(text, arguments)
            : argumentsNeeded ? throw new FormatException("it has no arguments")
            : Call(text, new Dictionary<string, object?>());
    }

    private static FunctionCallContent Call(string name, JsonElement arguments)
    {
        if (arguments.ValueKind == JsonValueKind.String)
        {
            using JsonDocument inner = JsonDocument.Parse(arguments.GetString()!, _options);
            return Call(name, Entries(inner.RootElement));
        }

        return Call(name, Entries(arguments));
    }

    private static Dictionary<string, object?> Entries(JsonElement arguments)
    {
        if (arguments.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("its arguments are no JSON object");
        }

        Dictionary<string, object?> entries = new(StringComparer.Ordinal);
        foreach (JsonProperty property in arguments.EnumerateObject())
        {
            ReadAllText(property.Value);
            entries[property.Name] = property.Value.ValueKind switch
            {
                JsonValueKind.Null => null,
                // As a string it converts to whatever a host's function takes, such as an enum.
                JsonValueKind.String => property.Value.GetString(),
                _ => property.Value.Clone(),
            };
        }

        return entries;
    }

    /// <summary>Touches every string, which throws for one that escapes half a surrogate pair: better here than at the function.</summary>
    private static void ReadAllText(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in value.EnumerateArray())
                {
                    ReadAllText(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    _ = property.Name;
                    ReadAllText(property.Value);
                }

                break;
        }
    }
}
