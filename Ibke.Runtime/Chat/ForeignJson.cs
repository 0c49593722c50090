using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>
/// Values of functions, servers and models as JSON that can be read to its end, whatever they hold: halves of surrogate pairs become U+FFFD, of
/// properties of one name the last counts, and numbers that JSON has no form for are texts.
/// </summary>
internal static class ForeignJson
{
    private const int EscapeLength = 6;

    // More than calls are read with, for they are given back.
    private const int MostDepth = 256;

    private static readonly JsonSerializerOptions _options = new(AIJsonUtilities.DefaultOptions)
    {
        MaxDepth = MostDepth,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new ElementConverter() },
    };

    /// <summary>A value's JSON, as the contracts of chat clients serialise it.</summary>
    public static JsonNode? Read(object? value)
    {
        if (value is null)
        {
            return null;
        }

        JsonTypeInfo type = _options.GetTypeInfo(value.GetType());
        string json = value is JsonElement element ? Whole(element.GetRawText()) : JsonSerializer.Serialize(value, type);
        using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MostDepth });
        return Node(document.RootElement);
    }

    private static JsonNode? Node(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Node)]);
            case JsonValueKind.Object:
                JsonObject map = [];
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    map[property.Name] = Node(property.Value);
                }

                return map;
            default:
                return JsonValue.Create(element.Clone());
        }
    }

    // Replaces escapes that are half a surrogate pair.
    private static string Whole(string json)
    {
        if (!json.Contains("\\u", StringComparison.Ordinal))
        {
            return json;
        }

        StringBuilder whole = new(json.Length);
        for (int i = 0; i < json.Length;)
        {
            int length = json[i] != '\\' ? 1 : json[i + 1] != 'u' ? 2 : EscapeLength;
            char unit = UnitAt(json, i);
            if (char.IsHighSurrogate(unit) && char.IsLowSurrogate(UnitAt(json, i + EscapeLength)))
            {
                length = 2 * EscapeLength;
            }
            else if (char.IsSurrogate(unit))
            {
                whole.Append('\uFFFD');
                i += length;
                continue;
            }

            whole.Append(json, i, length);
            i += length;
        }

        return whole.ToString();
    }

    // The UTF-16 unit that is escaped at a place, or 0.
    private static char UnitAt(string json, int place) =>
        place + EscapeLength <= json.Length && json[place] == '\\' && json[place + 1] == 'u'
            ? (char)ushort.Parse(json.AsSpan(place + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : '\0';

    private sealed class ElementConverter : JsonConverter<JsonElement>
    {
        public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonElement.ParseValue(ref reader);

        public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) =>
            writer.WriteRawValue(Whole(value.GetRawText()), skipInputValidation: true);
    }
}
