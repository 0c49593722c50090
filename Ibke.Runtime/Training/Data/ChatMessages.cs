using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ibke.Runtime.Training.Data;

/// <summary>The messages of a line as chat templates take them, and which of them are learned.</summary>
internal sealed class ChatMessages
{
    private const string Assistant = "assistant";

    private ChatMessages(JsonArray messages, List<bool> isLearned, JsonArray? tools)
    {
        Messages = messages;
        IsLearned = isLearned;
        Tools = tools;
    }

    /// <summary>The messages.</summary>
    public JsonArray Messages { get; }

    /// <summary>For each message, whether it is learned.</summary>
    public IReadOnlyList<bool> IsLearned { get; }

    /// <summary>The functions, or null.</summary>
    public JsonArray? Tools { get; }

    /// <summary>Reads the messages and functions of a line.</summary>
    /// <exception cref="TrainingDataException">They are not in the form.</exception>
    public static ChatMessages Read(JsonField line)
    {
        List<bool> isLearned = [];
        JsonArray messages = [];
        foreach (JsonField field in line.Get("messages").Items())
        {
            field.Require(JsonValueKind.Object, "an object");
            string role = field.Get("role").Text();
            if (string.IsNullOrWhiteSpace(role))
            {
                throw field.Get("role").Unusable("is blank. Name the speaker, such as \"user\".");
            }

            isLearned.Add(role == Assistant && !(field.TryGet("learn", out JsonField? learn) && !learn.Flag()));
            messages.Add(ReadMessage(field));
        }

        JsonArray? tools = line.TryGet("tools", out JsonField? list) ? [.. list.Items().Select(ReadTool)] : null;
        return new ChatMessages(messages, isLearned, tools?.Count > 0 ? tools : null);
    }

    private static JsonObject ReadMessage(JsonField field)
    {
        JsonObject message = JsonObject.Create(field.Value)!;
        message.Remove("learn");
        message["content"] = field.TryGet("content", out JsonField? content) ? content.Text() : "";
        message.Remove("tool_calls");
        if (field.TryGet("tool_calls", out JsonField? calls) && calls.Items() is { Count: > 0 } items)
        {
            message["tool_calls"] = new JsonArray([.. items.Select(ReadCall)]);
        }

        return message;
    }

    // A call may be given without "type" and "function" around it, and its arguments as the text of an object.
    private static JsonNode ReadCall(JsonField field)
    {
        field.Require(JsonValueKind.Object, "an object");
        JsonField function = field.TryGet("function", out JsonField? inner) ? inner : field;
        function.Require(JsonValueKind.Object, "an object");
        JsonObject call = new()
        {
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = function.Get("name").Text(), ["arguments"] = ReadArguments(function) },
        };
        if (field.TryGet("id", out JsonField? id))
        {
            call["id"] = id.Text();
        }

        return call;
    }

    private static JsonNode ReadArguments(JsonField function)
    {
        if (!function.TryGet("arguments", out JsonField? arguments))
        {
            return new JsonObject();
        }

        JsonField json = arguments.Value.ValueKind == JsonValueKind.String ? arguments.ParseText() : arguments;
        json.Require(JsonValueKind.Object, "an object, or the JSON text of one");
        return JsonObject.Create(json.Value)!;
    }

    private static JsonNode ReadTool(JsonField field)
    {
        field.Require(JsonValueKind.Object, "an object");
        return JsonObject.Create(field.Value)!;
    }
}
