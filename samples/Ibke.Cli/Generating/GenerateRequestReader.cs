using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Ibke.Cli.Generating;

/// <summary>
/// Reads the lines of <c>ibke generate</c>: <c>{"prompt": text}</c>, <c>{"prompt_ids": tokens}</c> or <c>{"messages": [{"role", "content"}], "tools"?: […]}</c>, messages and
/// tools in the widespread form of chat APIs. Fields that are not known are ignored.
/// </summary>
internal static class GenerateRequestReader
{
    /// <summary>Reads one line.</summary>
    /// <exception cref="FormatException">The line is no JSON, or not in the form; the message says what is wrong.</exception>
    public static GenerateRequest Read(string line)
    {
        try
        {
            return Read(ParseObject(line));
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException or ArgumentException)
        {
            // Half a surrogate pair shows only when its text is read.
            throw new FormatException($"The line holds a text that is not Unicode: {e.Message}", e);
        }
    }

    /// <summary>The id of a line that could not be read as a whole, where at least that can be told.</summary>
    public static JsonNode? TryReadId(string line)
    {
        try
        {
            return ParseObject(line)["id"]?.DeepClone();
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static GenerateRequest Read(JsonObject json)
    {
        JsonNode? id = json["id"]?.DeepClone();
        switch (json["prompt"], json["prompt_ids"], json["messages"])
        {
            case ({ } prompt, null, null):
                string text = Text(prompt, "prompt");
                return text.Length > 0
                    ? new GenerateRequest(id, text, null, [], [])
                    : throw new FormatException("\"prompt\" is empty: give a text to continue.");
            case (null, { } ids, null):
                return new GenerateRequest(id, null, Ids(ids), [], []);
            case (null, null, { } messages):
                return Chat(id, messages, json["tools"]);
            default:
                throw new FormatException("Give one of \"prompt\" (a text to continue), \"prompt_ids\" (tokens to continue) and \"messages\" (a chat).");
        }
    }

    private static GenerateRequest Chat(JsonNode? id, JsonNode messages, JsonNode? tools)
    {
        JsonArray list = messages as JsonArray ?? throw new FormatException("\"messages\" must be a list.");
        if (list.Count == 0)
        {
            throw new FormatException("\"messages\" is empty: give at least one.");
        }

        return new GenerateRequest(id, null, null, [.. list.Select(Message)], tools is null ? [] : Tools(tools));
    }

    private static int[] Ids(JsonNode node)
    {
        JsonArray list = node as JsonArray ?? throw new FormatException("\"prompt_ids\" must be a list of token ids.");
        return list.Count == 0
            ? throw new FormatException("\"prompt_ids\" is empty: give at least one token.")
            : [.. list.Select((item, i) => item is JsonValue value && value.TryGetValue(out int number)
                ? number
                : throw new FormatException($"prompt_ids[{i}] must be a token id."))];
    }

    private static JsonObject ParseObject(string line)
    {
        try
        {
            return JsonNode.Parse(line, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject
                ?? throw new FormatException("The line must be a JSON object.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"The line is not JSON: {e.Message}", e);
        }
    }

    private static ChatMessage Message(JsonNode? node, int index)
    {
        string place = $"messages[{index}]";
        JsonObject message = node as JsonObject ?? throw new FormatException($"{place} must be an object.");
        string role = Text(message["role"] ?? throw new FormatException($"{place} has no \"role\"."), $"{place}.role");
        string content = message["content"] is { } given ? Content(given, place) : "";
        return role switch
        {
            "system" or "developer" => new ChatMessage(ChatRole.System, content),
            "user" => new ChatMessage(ChatRole.User, content),
            "assistant" => Reply(message, content, place),
            "tool" => new ChatMessage(ChatRole.Tool, [new FunctionResultContent(message["tool_call_id"] is { } call ? Text(call, $"{place}.tool_call_id") : "", content)]),
            _ => throw new FormatException($"{place}.role is \"{role}\"; it must be system, user, assistant or tool."),
        };
    }

    private static ChatMessage Reply(JsonObject message, string content, string place)
    {
        ChatMessage reply = new() { Role = ChatRole.Assistant };
        if (content.Length > 0)
        {
            reply.Contents.Add(new TextContent(content));
        }

        if (message["tool_calls"] is { } calls)
        {
            JsonArray list = calls as JsonArray ?? throw new FormatException($"{place}.tool_calls must be a list.");
            for (int i = 0; i < list.Count; i++)
            {
                reply.Contents.Add(Call(list[i], $"{place}.tool_calls[{i}]", i));
            }
        }

        return reply;
    }

    private static FunctionCallContent Call(JsonNode? node, string place, int index)
    {
        JsonObject call = node as JsonObject ?? throw new FormatException($"{place} must be an object.");
        JsonObject function = call["function"] as JsonObject ?? call;
        string name = Text(function["name"] ?? throw new FormatException($"{place} has no function name."), $"{place}.name");
        string id = call["id"] is { } given ? Text(given, $"{place}.id") : $"call_{index}";

        // Chat APIs send the arguments as a text that holds JSON; templates and people write the object itself.
        JsonNode? arguments = function["arguments"];
        JsonObject values = arguments switch
        {
            null => [],
            JsonObject direct => direct,
            _ => ParseObject(Text(arguments, $"{place}.arguments")),
        };
        return new FunctionCallContent(id, name, values.ToDictionary(
            pair => pair.Key, object? (pair) => pair.Value is null ? null : JsonSerializer.SerializeToElement(pair.Value)));
    }

    private static List<AITool> Tools(JsonNode node)
    {
        JsonArray list = node as JsonArray ?? throw new FormatException("\"tools\" must be a list.");
        List<AITool> tools = [];
        for (int i = 0; i < list.Count; i++)
        {
            string place = $"tools[{i}]";
            JsonObject tool = list[i] as JsonObject ?? throw new FormatException($"{place} must be an object.");
            JsonObject function = tool["function"] as JsonObject ?? tool;
            string name = Text(function["name"] ?? throw new FormatException($"{place} has no name."), $"{place}.name");
            string description = function["description"] is { } text ? Text(text, $"{place}.description") : "";
            JsonElement schema = JsonSerializer.SerializeToElement(function["parameters"] ?? new JsonObject());
            tools.Add(AIFunctionFactory.CreateDeclaration(name, description, schema));
        }

        return tools;
    }

    private static string Content(JsonNode node, string place)
    {
        if (node is not JsonArray parts)
        {
            return Text(node, $"{place}.content");
        }

        return string.Concat(parts.Select(part => part is JsonObject piece && piece["text"] is { } text
            ? Text(text, $"{place}.content")
            : throw new FormatException($"{place}.content has a part that is no text; this model reads text only.")));
    }

    private static string Text(JsonNode node, string place) =>
        node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : throw new FormatException($"{place} must be a text.");
}
