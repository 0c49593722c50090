using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ibke.Samples.ChatBackend;

/// <summary>
/// Reads JSON of any form, and refuses texts that are no Unicode, such as half of a surrogate pair: those fail only where they are read, which is
/// too late for an error that names the place.
/// </summary>
internal sealed class JsonElementConverter : JsonConverter<JsonElement>
{
    /// <inheritdoc/>
    public override bool HandleNull => true;

    /// <inheritdoc/>
    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        JsonElement element = JsonElement.ParseValue(ref reader);
        try
        {
            ReadTexts(element);
            return element;
        }
        catch (InvalidOperationException error)
        {
            throw new JsonException(null, error);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);

    private static void ReadTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    ReadTexts(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    _ = property.Name;
                    ReadTexts(property.Value);
                }

                break;
        }
    }
}
