using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ibke.Runtime.Editing.Cases;

/// <summary>The members of a JSON object, read with errors that name them.</summary>
/// <param name="json">The object.</param>
/// <param name="path">Put before the names of members in errors; empty for the outermost object.</param>
internal sealed class CaseFields(JsonElement json, string path = "")
{
    /// <summary>Reads an element as an object.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static CaseFields Of(JsonElement json, string path = "") => json.ValueKind == JsonValueKind.Object
        ? new CaseFields(json, path)
        : throw new FormatException(path.Length == 0 ? "The line must be a JSON object." : $"\"{path}\" must be an object.");

    /// <summary>Whether a member is there and not null.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A text; null where the member is missing or null.</summary>
    /// <exception cref="FormatException">It is no text.</exception>
    public string? Text(string name) => Find(name) is { } value ? TextOf(value, Path(name)) : null;

    /// <summary>A text with something in it, without white space around it; null where the member is missing or null.</summary>
    /// <exception cref="FormatException">It is no text, or blank.</exception>
    public string? FilledText(string name) => Text(name) is not { } text ? null
        : text.Trim() is { Length: > 0 } trimmed ? trimmed : throw new FormatException($"\"{Path(name)}\" is blank.");

    /// <summary>A text with something in it, without white space around it.</summary>
    /// <exception cref="FormatException">It is missing, no text, or blank.</exception>
    public string Required(string name) => FilledText(name) ?? throw new FormatException($"There is no \"{Path(name)}\".");

    /// <summary>A text or a number, as text; null where the member is missing or null.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public string? Name(string name) => Find(name) is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : Text(name);

    /// <summary>An object; null where the member is missing or null.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public CaseFields? Object(string name) => Find(name) is { } value ? Of(value, Path(name)) : null;

    /// <summary>Every item of a list; none where the member is missing or null.</summary>
    /// <param name="name">The member.</param>
    /// <param name="read">Is given an item and the path that names it.</param>
    /// <exception cref="FormatException">It is no list.</exception>
    public IReadOnlyList<T> List<T>(string name, Func<JsonElement, string, T> read) => Find(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select((item, i) => read(item, $"{Path(name)}[{i}]"))],
        _ => throw new FormatException($"\"{Path(name)}\" must be a list."),
    };

    /// <summary>The texts of a list, none of them blank.</summary>
    /// <exception cref="FormatException">It is no list, or an item is no text or blank.</exception>
    public IReadOnlyList<string> Texts(string name) => List(name, FilledTextOf);

    /// <summary>A list of objects as they are; null where the member is missing or null.</summary>
    /// <exception cref="FormatException">It is no list of objects, or cannot be read.</exception>
    public JsonArray? Objects(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        return [.. List(name, (item, at) => item.ValueKind == JsonValueKind.Object
            ? Copy(item, at)
            : throw new FormatException($"\"{at}\" must be an object."))];
    }

    /// <summary>An element as a text with something in it, without white space around it.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static string FilledTextOf(JsonElement value, string path) =>
        TextOf(value, path).Trim() is { Length: > 0 } text ? text : throw new FormatException($"\"{path}\" is blank.");

    private static string TextOf(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw new FormatException($"\"{path}\" must be a text.");
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // An escape that is half a surrogate pair is valid JSON, but no text.
            throw new FormatException($"\"{path}\" holds half a surrogate pair.", e);
        }
    }

    // Element by element, so that what could not be read later is found now. A member that is there twice counts as the last of them.
    private static JsonNode? Copy(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select((item, i) => Copy(item, $"{path}[{i}]"))]);
            case JsonValueKind.String:
                return JsonValue.Create(TextOf(element, path));
            case JsonValueKind.Object:
                JsonObject copy = [];
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    copy[NameOf(property, path)] = Copy(property.Value, $"{path}.{NameOf(property, path)}");
                }

                return copy;
            default:
                return JsonValue.Create(element.Clone());
        }
    }

    private static string NameOf(JsonProperty property, string path)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException($"A member's name in \"{path}\" holds half a surrogate pair.", e);
        }
    }

    private JsonElement? Find(string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private string Path(string name) => path.Length == 0 ? name : $"{path}.{name}";
}
