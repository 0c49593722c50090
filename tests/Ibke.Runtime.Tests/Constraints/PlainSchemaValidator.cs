using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ibke.Runtime.Tests.Constraints;

/// <summary>Checks a JSON value against a schema by the words of the specification; it shares nothing with the code it tests.</summary>
internal sealed class PlainSchemaValidator(JsonElement root)
{
    /// <summary>Why a text is no valid instance, or null.</summary>
    public static string? Problem(string schema, string text)
    {
        using JsonDocument document = JsonDocument.Parse(schema);
        try
        {
            using JsonDocument value = JsonDocument.Parse(text);
            return new PlainSchemaValidator(document.RootElement).Problem(document.RootElement, value.RootElement, "$");
        }
        catch (JsonException failure)
        {
            return failure.Message;
        }
    }

    private string? Problem(JsonElement schema, JsonElement value, string at)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return schema.ValueKind == JsonValueKind.True ? null : $"{at}: nothing is allowed";
        }

        foreach (JsonProperty rule in schema.EnumerateObject())
        {
            if (Check(rule.Name, rule.Value, schema, value, at) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private string? Check(string keyword, JsonElement rule, JsonElement schema, JsonElement value, string at)
    {
        bool isText = value.ValueKind == JsonValueKind.String;
        bool isNumber = value.ValueKind == JsonValueKind.Number;
        bool isArray = value.ValueKind == JsonValueKind.Array;
        bool isObject = value.ValueKind == JsonValueKind.Object;
        switch (keyword)
        {
            case "$ref":
                return Problem(Resolve(rule.GetString()!), value, at);
            case "type":
                string[] types = rule.ValueKind == JsonValueKind.Array ? [.. rule.EnumerateArray().Select(type => type.GetString()!)] : [rule.GetString()!];
                return Verdict(types.Any(type => IsOfType(value, type)));
            case "enum":
                return Verdict(rule.EnumerateArray().Any(item => JsonElement.DeepEquals(item, value)));
            case "const":
                return Verdict(JsonElement.DeepEquals(rule, value));
            case "anyOf" or "oneOf":
                return Verdict(rule.EnumerateArray().Any(part => Problem(part, value, at) is null));
            case "allOf":
                return rule.EnumerateArray().Select(part => Problem(part, value, at)).FirstOrDefault(problem => problem is not null);
            case "minLength" when isText:
                return Verdict(value.GetString()!.EnumerateRunes().Count() >= rule.GetInt32());
            case "maxLength" when isText:
                return Verdict(value.GetString()!.EnumerateRunes().Count() <= rule.GetInt32());
            case "pattern" when isText:
                return Verdict(Regex.IsMatch(value.GetString()!, rule.GetString()!, RegexOptions.ECMAScript));
            case "format" when isText:
                return Verdict(HasFormat(value.GetString()!, rule.GetString()!));
            case "minimum" when isNumber:
                return Verdict(Number(value) >= Number(rule));
            case "maximum" when isNumber:
                return Verdict(Number(value) <= Number(rule));
            case "exclusiveMinimum" when isNumber:
                return Verdict(Number(value) > Number(rule));
            case "exclusiveMaximum" when isNumber:
                return Verdict(Number(value) < Number(rule));
            case "minItems" when isArray:
                return Verdict(value.GetArrayLength() >= rule.GetInt32());
            case "maxItems" when isArray:
                return Verdict(value.GetArrayLength() <= rule.GetInt32());
            case "prefixItems" when isArray:
                return rule.EnumerateArray().Zip(value.EnumerateArray()).Select(pair => Problem(pair.First, pair.Second, at + "[]")).FirstOrDefault(problem => problem is not null);
            case "items" when isArray:
                int skipped = schema.TryGetProperty("prefixItems", out JsonElement prefix) ? prefix.GetArrayLength() : 0;
                return value.EnumerateArray().Skip(skipped).Select(item => Problem(rule, item, at + "[]")).FirstOrDefault(problem => problem is not null);
            case "required" when isObject:
                return Verdict(rule.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)));
            case "properties" when isObject:
                return rule.EnumerateObject().Where(property => value.TryGetProperty(property.Name, out _))
                    .Select(property => Problem(property.Value, value.GetProperty(property.Name), $"{at}.{property.Name}")).FirstOrDefault(problem => problem is not null);
            case "additionalProperties" when isObject:
                return value.EnumerateObject().Where(property => !schema.TryGetProperty("properties", out JsonElement known) || !known.TryGetProperty(property.Name, out _))
                    .Select(property => Problem(rule, property.Value, $"{at}.{property.Name}")).FirstOrDefault(problem => problem is not null);
            default:
                return null;
        }

        string? Verdict(bool holds) => holds ? null : $"{at}: {keyword} {rule.GetRawText()} does not hold for {value.GetRawText()}";
    }

    private JsonElement Resolve(string reference) =>
        reference.Split('/').Skip(1).Aggregate(root, (at, step) => at.GetProperty(step.Replace("~1", "/").Replace("~0", "~")));

    private static decimal Number(JsonElement value) => decimal.Parse(value.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private static bool IsOfType(JsonElement value, string type) => (type, value.ValueKind) switch
    {
        ("null", JsonValueKind.Null) or ("string", JsonValueKind.String) or ("array", JsonValueKind.Array) or ("object", JsonValueKind.Object)
            or ("number", JsonValueKind.Number) or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => double.IsInteger(value.GetDouble()),
        _ => false,
    };

    private static bool HasFormat(string text, string format) => format switch
    {
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "time" => TimeOnly.TryParse(text, CultureInfo.InvariantCulture, out _),
        "date-time" => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _),
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "ipv4" or "ipv6" => System.Net.IPAddress.TryParse(text, out _),
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
        _ => true,
    };
}
