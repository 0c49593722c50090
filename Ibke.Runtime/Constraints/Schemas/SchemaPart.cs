using System.Text.Json;

namespace Ibke.Runtime.Constraints.Schemas;

/// <summary>A schema within a schema, with readers for its keywords that say where they fail.</summary>
/// <param name="Json">The schema: an object, or true or false.</param>
/// <param name="Path">Where it is, as a JSON pointer.</param>
internal sealed record SchemaPart(JsonElement Json, string Path)
{
    /// <summary>Whether a keyword is there.</summary>
    public bool Has(string keyword) => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(keyword, out _);

    /// <summary>The value of a keyword, or null.</summary>
    public JsonElement? Get(string keyword) =>
        Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(keyword, out JsonElement value) ? value : null;

    /// <summary>A count, or null.</summary>
    public int? GetCount(string keyword) => Get(keyword) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out int count) && count >= 0 => count,

        // 3.0 is an integer of JSON Schema too.
        { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out double count) && count >= 0 && count <= int.MaxValue && count == Math.Floor(count) => (int)count,
        _ => throw Wrong(keyword, $"an integer from 0 to {int.MaxValue} is expected"),
    };

    /// <summary>A number, or null.</summary>
    public ExactDecimal? GetNumber(string keyword)
    {
        if (Get(keyword) is not { } value)
        {
            return null;
        }

        try
        {
            return value.ValueKind == JsonValueKind.Number ? ExactDecimal.Parse(value.GetRawText()) : throw Wrong(keyword, "a number is expected");
        }
        catch (FormatException failure)
        {
            throw Wrong(keyword, failure.Message);
        }
    }

    /// <summary>A text, or null.</summary>
    public string? GetText(string keyword) => Get(keyword) is { } value ? Text(keyword, value) : null;

    /// <summary>Texts; none where the keyword is not there. A single one counts as a list where that is allowed.</summary>
    public IReadOnlyList<string> GetTexts(string keyword, bool orSingle = false) => Get(keyword) switch
    {
        null => [],
        { ValueKind: JsonValueKind.String } value when orSingle => [Text(keyword, value)],
        { ValueKind: JsonValueKind.Array } value => [.. value.EnumerateArray().Select(item => Text(keyword, item))],
        _ => throw Wrong(keyword, orSingle ? "a text or a list of texts is expected" : "a list of texts is expected"),
    };

    /// <summary>A schema, or null.</summary>
    public SchemaPart? GetSchema(string keyword) => Get(keyword) is { } value ? Sub(keyword, value, keyword) : null;

    /// <summary>A list of schemas, or null.</summary>
    public IReadOnlyList<SchemaPart>? GetSchemas(string keyword) => Get(keyword) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } value => [.. value.EnumerateArray().Select((item, i) => Sub(keyword, item, $"{keyword}/{i}"))],
        _ => throw Wrong(keyword, "a list of schemas is expected"),
    };

    /// <summary>Named schemas, in order, or null.</summary>
    public IReadOnlyList<(string Name, SchemaPart Schema)>? GetNamedSchemas(string keyword)
    {
        if (Get(keyword) is not { } value)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Object
            ? [.. value.EnumerateObject().Select(property => (Name(keyword, property), Sub(keyword, property.Value, $"{keyword}/{Escape(Name(keyword, property))}")))]
            : throw Wrong(keyword, "an object of schemas is expected");
    }

    /// <summary>An exception about a keyword of this schema.</summary>
    public JsonSchemaException Wrong(string? keyword, string problem) => new(Path, keyword, problem);

    /// <summary>A step of a JSON pointer.</summary>
    public static string Escape(string step) => step.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private SchemaPart Sub(string keyword, JsonElement json, string step) =>
        json.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False
            ? new SchemaPart(json, $"{Path}/{step}")
            : throw Wrong(keyword, "a schema is expected, which is an object, true or false");

    private string Text(string keyword, JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(keyword, "a text is expected");
        }
        catch (InvalidOperationException)
        {
            throw Wrong(keyword, "a text holds half a surrogate pair");
        }
    }

    private string Name(string keyword, JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            throw Wrong(keyword, "a name holds half a surrogate pair");
        }
    }
}
