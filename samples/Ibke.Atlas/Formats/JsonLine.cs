using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Atlas.Conversations;

namespace Ibke.Atlas.Formats;

/// <summary>Writes the JSON lines of the training and test files.</summary>
internal static class JsonLine
{
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A conversation as a line.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="kind">What it is; null: not written.</param>
    /// <param name="weight">The weight of its replies; 1 is not written.</param>
    /// <param name="tags">Whether the skills that replies show are written.</param>
    public static void Write(Stream stream, Conversation conversation, string? kind = null, double weight = 1, bool tags = false)
    {
        using (Utf8JsonWriter json = new(stream, _options))
        {
            json.WriteStartObject();
            WriteConversation(json, conversation, tags);
            if (kind is not null)
            {
                json.WriteString("kind", kind);
            }

            if (weight != 1)
            {
                json.WriteNumber("weight", weight);
            }

            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    /// <summary>A text as a line.</summary>
    public static void Write(Stream stream, string text)
    {
        using (Utf8JsonWriter json = new(stream, _options))
        {
            json.WriteStartObject();
            json.WriteString("text", text);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    /// <summary>A text in weighted parts as a line.</summary>
    public static void Write(Stream stream, IReadOnlyList<(string Text, double Weight)> parts)
    {
        using (Utf8JsonWriter json = new(stream, _options))
        {
            json.WriteStartObject();
            json.WriteStartArray("parts");
            foreach ((string text, double weight) in parts)
            {
                json.WriteStartArray();
                json.WriteStringValue(text);
                json.WriteNumberValue(weight);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    /// <summary>A conversation as a part of a document.</summary>
    public static JsonNode ToNode(Conversation conversation)
    {
        using MemoryStream stream = new();
        Write(stream, conversation);
        return JsonNode.Parse(stream.ToArray())!;
    }

    /// <summary>The members of a conversation: its messages, and what is listed.</summary>
    public static void WriteConversation(Utf8JsonWriter json, Conversation conversation, bool tags)
    {
        json.WriteStartArray("messages");
        foreach (Message message in conversation.Messages)
        {
            WriteMessage(json, message, tags);
        }

        json.WriteEndArray();
        if (conversation.Functions is { } functions)
        {
            json.WriteStartArray("tools");
            foreach (ListedFunction function in functions)
            {
                WriteFunction(json, function);
            }

            json.WriteEndArray();
        }
    }

    private static void WriteMessage(Utf8JsonWriter json, Message message, bool tags)
    {
        json.WriteStartObject();
        json.WriteString("role", message.Role);
        json.WriteString("content", message.Content);
        if (message.Call is { } call)
        {
            json.WriteStartArray("tool_calls");
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteStartObject("function");
            json.WriteString("name", call.Name);
            json.WriteStartObject("arguments");
            foreach ((string name, string value) in call.Arguments)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
        }

        if (message.Role == "assistant" && !message.Learned)
        {
            json.WriteBoolean("learn", false);
        }

        if (tags && !string.IsNullOrEmpty(message.Tag))
        {
            json.WriteString("tag", message.Tag);
        }

        json.WriteEndObject();
    }

    private static void WriteFunction(Utf8JsonWriter json, ListedFunction function)
    {
        json.WriteStartObject();
        json.WriteString("type", "function");
        json.WriteStartObject("function");
        json.WriteString("name", function.Name);
        json.WriteString("description", function.Description);
        json.WriteStartObject("parameters");
        json.WriteString("type", "object");
        json.WriteStartObject("properties");
        foreach (string parameter in function.Parameters)
        {
            json.WriteStartObject(parameter);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
