using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>Reads what lies between the marks of a call: a JSON object with a name and arguments.</summary>
internal static partial class ToolCallBody
{
    /// <summary>What a malformed call is named where its own name cannot be read.</summary>
    public const string UnknownName = "unknown";

    /// <summary>The call in a text, or null with the reason why there is none.</summary>
    public static FunctionCallContent? TryRead(string body, out string problem)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return Read(document.RootElement, out problem);
        }
        catch (JsonException failure)
        {
            problem = $"it is no JSON: {failure.Message}";
            return null;
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException)
        {
            problem = "its text holds half a surrogate pair";
            return null;
        }
    }

    /// <summary>A call that says why it cannot be made; its name is the best guess.</summary>
    public static FunctionCallContent Malformed(string body, string problem)
    {
        Match name = NamePattern().Match(body);
        return new FunctionCallContent(NewId(), name.Success ? name.Groups[1].Value : UnknownName)
        {
            Exception = new FormatException($"The function call is malformed: {problem}"),
            RawRepresentation = body,
        };
    }

    /// <summary>Whether a text breaks off inside a JSON string.</summary>
    public static bool EndsInsideString(string body)
    {
        bool inside = false;
        for (int i = 0; i < body.Length; i++)
        {
            inside ^= body[i] == '"';
            i += inside && body[i] == '\\' ? 1 : 0;
        }

        return inside;
    }

    private static FunctionCallContent? Read(JsonElement root, out string problem)
    {
        problem = "";
        if (root.ValueKind != JsonValueKind.Object)
        {
            problem = "it is no JSON object";
        }
        else if (!root.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String || name.GetString() is not { Length: > 0 })
        {
            problem = "it has no name";
        }
        else if (ArgumentsOf(root) is not { } arguments)
        {
            problem = "its arguments are no JSON object";
        }
        else
        {
            return new FunctionCallContent(NewId(), name.GetString()!, arguments) { RawRepresentation = root.GetRawText() };
        }

        return null;
    }

    /// <summary>The arguments, also where they are a string of JSON; none at all are an empty object.</summary>
    private static Dictionary<string, object?>? ArgumentsOf(JsonElement root)
    {
        if (!root.TryGetProperty("arguments", out JsonElement arguments) && !root.TryGetProperty("parameters", out arguments))
        {
            return [];
        }

        if (arguments.ValueKind == JsonValueKind.String)
        {
            using JsonDocument inner = JsonDocument.Parse(arguments.GetString()!);
            return Entries(inner.RootElement);
        }

        return Entries(arguments);
    }

    private static Dictionary<string, object?>? Entries(JsonElement arguments)
    {
        if (arguments.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        Dictionary<string, object?> entries = new(StringComparer.Ordinal);
        foreach (JsonProperty property in arguments.EnumerateObject())
        {
            ReadAllText(property.Value);
            entries[property.Name] = property.Value.ValueKind == JsonValueKind.Null ? null : property.Value.Clone();
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

    private static string NewId() => "call_" + Guid.NewGuid().ToString("N");

    [GeneratedRegex("[\"']name[\"']\\s*:\\s*[\"']([^\"'\\s]+)[\"']")]
    private static partial Regex NamePattern();
}
