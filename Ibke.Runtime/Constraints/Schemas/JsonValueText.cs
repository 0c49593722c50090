using System.Text;
using System.Text.Json;

namespace Ibke.Runtime.Constraints.Schemas;

/// <summary>The one way in which a fixed value of a schema is written: without white space, escaping only what has to be.</summary>
internal static class JsonValueText
{
    /// <summary>The text of a value. Numbers stay as the schema writes them.</summary>
    /// <exception cref="JsonSchemaException">A text holds half a surrogate pair, or the value is nested too deeply.</exception>
    public static string Of(JsonElement value)
    {
        StringBuilder text = new();
        try
        {
            Write(value, text, 1);
        }
        catch (InvalidOperationException)
        {
            throw new JsonSchemaException("#", null, "a text of a fixed value holds half a surrogate pair");
        }

        return text.ToString();
    }

    /// <summary>A text with its quotes.</summary>
    public static string Quote(string value)
    {
        StringBuilder text = new();
        WriteText(value, text);
        return text.ToString();
    }

    private static void Write(JsonElement value, StringBuilder text, int depth)
    {
        if (depth > SchemaCompiler.MostDepth && (value.ValueKind is JsonValueKind.Array or JsonValueKind.Object))
        {
            throw new JsonSchemaException("#", null, $"a fixed value is nested more than {SchemaCompiler.MostDepth} deep");
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                WriteText(value.GetString()!, text);
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (JsonElement item in value.EnumerateArray())
                {
                    Separate(text, '[');
                    Write(item, text, depth + 1);
                }

                text.Append(']');
                break;
            case JsonValueKind.Object:
                text.Append('{');
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    Separate(text, '{');
                    WriteText(property.Name, text);
                    text.Append(':');
                    Write(property.Value, text, depth + 1);
                }

                text.Append('}');
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void Separate(StringBuilder text, char opening)
    {
        if (text[^1] != opening)
        {
            text.Append(',');
        }
    }

    private static void WriteText(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' or '\\' => text.Append('\\').Append(c),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}
