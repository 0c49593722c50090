using System.Text.Json;

namespace Ibke.Runtime.Constraints.Schemas;

/// <summary>The types of JSON values, numbers with and without a fraction apart.</summary>
[Flags]
internal enum JsonTypes
{
    /// <summary>No type.</summary>
    None = 0,

    /// <summary>null.</summary>
    Null = 1,

    /// <summary>true and false.</summary>
    Boolean = 2,

    /// <summary>Numbers without a fraction.</summary>
    Integer = 4,

    /// <summary>All other numbers.</summary>
    Fraction = 8,

    /// <summary>Texts.</summary>
    String = 16,

    /// <summary>Lists.</summary>
    Array = 32,

    /// <summary>Objects.</summary>
    Object = 64,

    /// <summary>All numbers.</summary>
    Number = Integer | Fraction,

    /// <summary>All of them.</summary>
    Any = 127,
}

/// <summary>What several plain schemas, which all hold, say together about scalar values.</summary>
internal sealed class SchemaFacts
{
    private readonly IReadOnlyList<SchemaPart> _parts;

    /// <summary>Reads them.</summary>
    /// <exception cref="JsonSchemaException">A keyword is not well-formed or has a value that is not supported.</exception>
    public SchemaFacts(IReadOnlyList<SchemaPart> parts)
    {
        _parts = parts;
        Types = ReadTypes();
        Values = ReadValues();
        foreach (SchemaPart part in parts)
        {
            ReadLimits(part);
            LeastLength = Math.Max(LeastLength, part.GetCount("minLength") ?? 0);
            MostLength = Math.Min(MostLength, part.GetCount("maxLength") ?? int.MaxValue);
            LeastItems = Math.Max(LeastItems, part.GetCount("minItems") ?? 0);
            MostItems = Math.Min(MostItems, part.GetCount("maxItems") ?? int.MaxValue);
            if (part.Get("uniqueItems") is { ValueKind: not JsonValueKind.False })
            {
                throw part.Wrong("uniqueItems", "it is not supported, only false is");
            }
        }
    }

    /// <summary>The types that are left.</summary>
    public JsonTypes Types { get; private set; }

    /// <summary>The values of enumerations and constants, or null where any value may be.</summary>
    public IReadOnlyList<JsonElement>? Values { get; }

    /// <summary>The lower end of the numbers.</summary>
    public NumberLimit? LeastNumber { get; private set; }

    /// <summary>The upper end of the numbers.</summary>
    public NumberLimit? MostNumber { get; private set; }

    /// <summary>The least length of texts in code points.</summary>
    public int LeastLength { get; }

    /// <summary>The largest.</summary>
    public int MostLength { get; } = int.MaxValue;

    /// <summary>The least number of items.</summary>
    public int LeastItems { get; }

    /// <summary>The largest.</summary>
    public int MostItems { get; } = int.MaxValue;

    /// <summary>Whether anything besides types and values is asked for.</summary>
    public bool HasMore => _parts.Any(part => part.Json.EnumerateObject().Any(property =>
        _implied.ContainsKey(property.Name)));

    private static readonly Dictionary<string, JsonTypes> _implied = new()
    {
        ["properties"] = JsonTypes.Object,
        ["required"] = JsonTypes.Object,
        ["additionalProperties"] = JsonTypes.Object,
        ["minProperties"] = JsonTypes.Object,
        ["maxProperties"] = JsonTypes.Object,
        ["items"] = JsonTypes.Array,
        ["prefixItems"] = JsonTypes.Array,
        ["minItems"] = JsonTypes.Array,
        ["maxItems"] = JsonTypes.Array,
        ["minLength"] = JsonTypes.String,
        ["maxLength"] = JsonTypes.String,
        ["pattern"] = JsonTypes.String,
        ["format"] = JsonTypes.String,
        ["minimum"] = JsonTypes.Number,
        ["maximum"] = JsonTypes.Number,
        ["exclusiveMinimum"] = JsonTypes.Number,
        ["exclusiveMaximum"] = JsonTypes.Number,
        ["multipleOf"] = JsonTypes.Number,
    };

    // Without a type, keywords that speak of one type are taken to mean it.
    private JsonTypes ReadTypes()
    {
        JsonTypes types = JsonTypes.Any;
        bool named = false;
        foreach (SchemaPart part in _parts.Where(part => part.Has("type")))
        {
            named = true;
            types &= part.GetTexts("type", orSingle: true).Aggregate(JsonTypes.None, (all, name) => all | TypeOf(part, name));
        }

        if (named || _parts.Any(part => part.Has("enum") || part.Has("const")))
        {
            return types;
        }

        JsonTypes implied = _parts.SelectMany(part => part.Json.EnumerateObject())
            .Aggregate(JsonTypes.None, (all, property) => all | _implied.GetValueOrDefault(property.Name));
        return implied == JsonTypes.None ? JsonTypes.Any : implied;
    }

    private static JsonTypes TypeOf(SchemaPart part, string name) => name switch
    {
        "null" => JsonTypes.Null,
        "boolean" => JsonTypes.Boolean,
        "integer" => JsonTypes.Integer,
        "number" => JsonTypes.Number,
        "string" => JsonTypes.String,
        "array" => JsonTypes.Array,
        "object" => JsonTypes.Object,
        _ => throw part.Wrong("type", $"there is no type '{name}'"),
    };

    private List<JsonElement>? ReadValues()
    {
        List<JsonElement>? values = null;
        foreach (SchemaPart part in _parts)
        {
            if (part.Get("enum") is { } list)
            {
                Narrow(list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : throw part.Wrong("enum", "a list of values is expected"));
            }

            if (part.Get("const") is { } value)
            {
                Narrow([value]);
            }
        }

        return values;

        void Narrow(JsonElement[] allowed)
        {
            HashSet<string> known = [.. allowed.Select(JsonValueText.Of)];
            values = values is null ? [.. allowed] : [.. values.Where(value => known.Contains(JsonValueText.Of(value)))];
        }
    }

    private void ReadLimits(SchemaPart part)
    {
        Raise(part.GetNumber("minimum"), isExclusive: false);
        Raise(part.GetNumber("exclusiveMinimum"), isExclusive: true);
        Lower(part.GetNumber("maximum"), isExclusive: false);
        Lower(part.GetNumber("exclusiveMaximum"), isExclusive: true);
        if (part.GetNumber("multipleOf") is ExactDecimal step)
        {
            Types &= step == ExactDecimal.Parse("1") ? ~JsonTypes.Fraction : throw part.Wrong("multipleOf", "only 1 is supported");
        }
    }

    private void Raise(ExactDecimal? value, bool isExclusive)
    {
        if (value is ExactDecimal limit && (LeastNumber is null || (limit.CompareTo(LeastNumber.Value), isExclusive, LeastNumber.IsExclusive) is ( > 0, _, _) or (0, true, false)))
        {
            LeastNumber = new NumberLimit(limit, isExclusive);
        }
    }

    private void Lower(ExactDecimal? value, bool isExclusive)
    {
        if (value is ExactDecimal limit && (MostNumber is null || (limit.CompareTo(MostNumber.Value), isExclusive, MostNumber.IsExclusive) is ( < 0, _, _) or (0, true, false)))
        {
            MostNumber = new NumberLimit(limit, isExclusive);
        }
    }
}
