using System.Text.Json;
using Ibke.Samples.ChatBackend.Errors;
using Microsoft.Extensions.AI;

namespace Ibke.Samples.ChatBackend.Chat;

/// <summary>Reads the messages of a request.</summary>
internal static class MessageReader
{
    /// <summary>As the chat client takes them.</summary>
    /// <exception cref="ApiException">There is none, or one is not as it must be; names it.</exception>
    public static List<ChatMessage> Read(IReadOnlyList<MessageBody>? messages)
    {
        if (messages is not { Count: > 0 })
        {
            throw ApiException.Invalid("There must be at least one message.", "messages");
        }

        return [.. messages.Select((message, i) => Read(message ?? throw ApiException.Invalid("A message is null.", $"messages[{i}]"), $"messages[{i}]"))];
    }

    private static ChatMessage Read(MessageBody message, string place) => message.Role switch
    {
        "system" or "developer" => new ChatMessage(ChatRole.System, Text(message.Content, place)),
        "user" => new ChatMessage(ChatRole.User, Text(message.Content, place)) { AuthorName = message.Name },
        "assistant" => new ChatMessage(ChatRole.Assistant, Assistant(message, place)),
        "tool" => new ChatMessage(ChatRole.Tool, [new FunctionResultContent(CallId(message, place), Text(message.Content, place))]),
        _ => throw ApiException.Invalid($"The role must be system, developer, user, assistant or tool, not '{message.Role}'.", $"{place}.role"),
    };

    private static List<AIContent> Assistant(MessageBody message, string place)
    {
        List<AIContent> contents = [];
        if (message.Content.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            contents.Add(new TextContent(Text(message.Content, place)));
        }

        foreach ((int i, ToolCallBody call) in (message.ToolCalls ?? []).Index())
        {
            contents.Add(Call(call, $"{place}.tool_calls[{i}]"));
        }

        return contents.Count > 0 ? contents : throw ApiException.Invalid("The message has neither content nor tool calls.", $"{place}.content");
    }

    private static FunctionCallContent Call(ToolCallBody? call, string place)
    {
        if (call is null || call.Type is not (null or "function"))
        {
            throw ApiException.Invalid("A tool call must be of the type 'function'.", place);
        }

        try
        {
            Dictionary<string, JsonElement>? arguments = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(call.Function.Arguments, ApiJson.Options);
            return new FunctionCallContent(call.Id, call.Function.Name, arguments?.ToDictionary(pair => pair.Key, pair => (object?)pair.Value) ?? []);
        }
        catch (JsonException)
        {
            throw ApiException.Invalid("The arguments are not the text of a JSON object.", $"{place}.function.arguments");
        }
    }

    private static string CallId(MessageBody message, string place) => string.IsNullOrEmpty(message.ToolCallId)
        ? throw ApiException.Invalid("A message of a tool must name the call that it answers.", $"{place}.tool_call_id")
        : message.ToolCallId;

    private static string Text(JsonElement content, string place) => content.ValueKind switch
    {
        JsonValueKind.String => content.GetString()!,
        JsonValueKind.Array => string.Concat(content.EnumerateArray().Select((part, i) => Part(part, $"{place}.content[{i}]"))),
        _ => throw ApiException.Invalid("The content must be a text, or an array of parts.", $"{place}.content"),
    };

    private static string Part(JsonElement part, string place) =>
        part.ValueKind == JsonValueKind.Object
        && part.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("text")
        && part.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw ApiException.Invalid("Only parts of the type 'text', with a text, are supported.", place);
}
