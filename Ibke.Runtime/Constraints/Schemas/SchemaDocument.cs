using System.Text.Json;

namespace Ibke.Runtime.Constraints.Schemas;

/// <summary>
/// A whole schema: resolves references and brings a schema into the form of alternatives, each of them a list of plain schemas that all hold.
/// </summary>
internal sealed class SchemaDocument
{
    private const int MostAlternatives = 2_000;
    private const int MostParts = 20_000;
    private const int MostNesting = 100;

    private static readonly HashSet<string> _supported =
    [
        "type", "enum", "const", "properties", "required", "additionalProperties", "items", "prefixItems", "minItems", "maxItems", "uniqueItems",
        "minProperties", "maxProperties", "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "multipleOf", "anyOf", "oneOf", "allOf", "$ref", "$defs", "definitions",
    ];

    private static readonly HashSet<string> _annotations =
    [
        "title", "description", "default", "examples", "example", "$schema", "$id", "$anchor", "$comment", "$vocabulary", "condition", "deprecated", "readOnly", "writeOnly",
        "contentMediaType", "contentEncoding", "contentSchema",
    ];

    private readonly JsonElement _root;
    private int _parts;

    /// <summary>Takes a schema.</summary>
    /// <exception cref="JsonSchemaException">It is neither an object nor true or false.</exception>
    public SchemaDocument(JsonElement root)
    {
        _root = root;
        Root = new SchemaPart(root, "#");
        if (root.ValueKind is not (JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False))
        {
            throw Root.Wrong(null, "a schema is an object, true or false");
        }
    }

    /// <summary>Any JSON object.</summary>
    public static SchemaPart AnyObject { get; } = new(JsonElement.Parse("""{"type": "object"}"""), "any object");

    /// <summary>All of it.</summary>
    public SchemaPart Root { get; }

    /// <summary>The alternatives of schemas that all hold. Of <c>oneOf</c>, too, at least one holds.</summary>
    /// <exception cref="JsonSchemaException">A keyword is not supported, a reference leads nowhere or in a circle, or there are too many.</exception>
    public IReadOnlyList<IReadOnlyList<SchemaPart>> Alternatives(IEnumerable<SchemaPart> schemas)
    {
        IReadOnlyList<IReadOnlyList<SchemaPart>> result = [[]];
        return schemas.Aggregate(result, (known, schema) => Combine(known, Alternatives(schema, []), schema));
    }

    private IReadOnlyList<IReadOnlyList<SchemaPart>> Alternatives(SchemaPart schema, HashSet<string> within)
    {
        if (schema.Json.ValueKind != JsonValueKind.Object)
        {
            return schema.Json.ValueKind == JsonValueKind.True ? [[]] : [];
        }

        if (!within.Add(schema.Path))
        {
            throw schema.Wrong("$ref", "it refers to itself without a property or an item between");
        }

        if (within.Count > MostNesting || ++_parts > MostParts)
        {
            throw schema.Wrong(null, within.Count > MostNesting ? "alternatives and references are nested too deeply" : "it takes too many parts to put together");
        }

        CheckKeywords(schema);
        IReadOnlyList<IReadOnlyList<SchemaPart>> result = [[schema]];
        if (schema.GetText("$ref") is string reference)
        {
            result = Combine(result, Alternatives(Resolve(schema, reference), within), schema);
        }

        foreach (SchemaPart part in schema.GetSchemas("allOf") ?? [])
        {
            result = Combine(result, Alternatives(part, within), schema);
        }

        foreach (string keyword in new[] { "anyOf", "oneOf" })
        {
            if (schema.GetSchemas(keyword) is { } parts)
            {
                result = Combine(result, [.. parts.SelectMany(part => Alternatives(part, within))], schema);
            }
        }

        within.Remove(schema.Path);
        return result;
    }

    // What holds for both: each alternative of the one with each of the other.
    private static IReadOnlyList<IReadOnlyList<SchemaPart>> Combine(
        IReadOnlyList<IReadOnlyList<SchemaPart>> first, IReadOnlyList<IReadOnlyList<SchemaPart>> second, SchemaPart place)
    {
        if ((long)first.Count * second.Count > MostAlternatives)
        {
            throw place.Wrong(null, $"its alternatives combine to more than {MostAlternatives}");
        }

        return [.. first.SelectMany(own => second.Select(other => (IReadOnlyList<SchemaPart>)[.. own.Concat(other).DistinctBy(part => part.Path)]))];
    }

    private static void CheckKeywords(SchemaPart schema)
    {
        foreach (JsonProperty property in schema.Json.EnumerateObject())
        {
            string name;
            try
            {
                name = property.Name;
            }
            catch (InvalidOperationException)
            {
                throw schema.Wrong(null, "a keyword holds half a surrogate pair");
            }

            if (!_supported.Contains(name) && !_annotations.Contains(name) && !name.StartsWith("x-", StringComparison.Ordinal))
            {
                throw schema.Wrong(name, "it is not supported");
            }
        }
    }

    private SchemaPart Resolve(SchemaPart from, string reference)
    {
        if (reference is not "#" && !reference.StartsWith("#/", StringComparison.Ordinal))
        {
            throw from.Wrong("$ref", $"'{reference}' is not a JSON pointer within the schema, such as #/$defs/name");
        }

        SchemaPart part = Root;
        foreach (string step in reference.Split('/').Skip(1))
        {
            string name = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            JsonElement next = default;
            bool found = part.Json.ValueKind switch
            {
                JsonValueKind.Object => part.Json.TryGetProperty(name, out next),
                JsonValueKind.Array when int.TryParse(name, System.Globalization.NumberStyles.None, null, out int index) && index < part.Json.GetArrayLength() =>
                    (next = part.Json[index]).ValueKind != JsonValueKind.Undefined,
                _ => false,
            };
            part = found ? new SchemaPart(next, $"{part.Path}/{SchemaPart.Escape(name)}") : throw from.Wrong("$ref", $"'{reference}' leads nowhere");
        }

        return part.Json.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False
            ? part
            : throw from.Wrong("$ref", $"'{reference}' leads to what is no schema");
    }
}
