using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Templates.Values;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>Brings messages into the form a template accepts, without changing what they say.</summary>
internal static class MessageForm
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private const int ShortIdLength = 9;

    /// <summary>Messages with calls as the template wants them.</summary>
    public static JsonArray Shaped(IEnumerable<JsonNode?> messages, MessageShape shape, CallSyntax? syntax)
    {
        List<JsonObject> result = [.. messages.Select(static message => (JsonObject)message!.DeepClone())];
        if (shape.SingleCalls)
        {
            result = WithSingleCalls(result);
        }

        if (shape.NullContent)
        {
            result = [.. result.SelectMany(WithoutText)];
        }

        foreach (JsonObject message in result)
        {
            if (shape.CallsInText && CallsOf(message).Count > 0)
            {
                WriteCalls(message, syntax!);
            }

            foreach (JsonNode? call in CallsOf(message))
            {
                JsonObject function = call!["function"]!.AsObject();
                function["arguments"] = shape.ArgumentsAsText ? JsonText.Format(function["arguments"]) : function["arguments"]!.DeepClone();
                call["id"] = shape.ShortIds ? ShortId((string?)call["id"]) : call["id"]?.DeepClone();
            }

            if (shape.ShortIds && message["tool_call_id"] is JsonNode id)
            {
                message["tool_call_id"] = ShortId((string?)id);
            }
        }

        return [.. result];
    }

    /// <summary>What the functions are, and how they are called, becomes part of the system text.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="declarations">The functions.</param>
    /// <param name="syntax">How a call is written; its arguments are JSON.</param>
    public static JsonArray WithFunctions(JsonArray messages, JsonArray declarations, CallSyntax syntax)
    {
        string text = $$"""
            You can call these functions:
            {{string.Join('\n', declarations.Select(static declaration => JsonText.Format(declaration!["function"])))}}

            To call one, answer with nothing but:
            {{syntax.Write([("name", "{\"argument\": \"value\"}")])}}
            """;
        List<JsonObject> result = [.. messages.Select(static message => (JsonObject)message!.DeepClone())];
        if (result.Count > 0 && (string?)result[0]["role"] == ChatRole.System.Value)
        {
            result[0]["content"] = $"{result[0]["content"]}\n\n{text}";
        }
        else
        {
            result.Insert(0, new JsonObject { ["role"] = ChatRole.System.Value, ["content"] = text });
        }

        return [.. result];
    }

    /// <summary>Results of functions are told by the user.</summary>
    public static JsonArray WithResultsInUserText(JsonArray messages)
    {
        JsonArray result = (JsonArray)messages.DeepClone();
        foreach (JsonObject message in result.Select(static message => message!.AsObject()).Where(static message => message.Remove("tool_call_id")))
        {
            message["role"] = ChatRole.User.Value;
            message["content"] = $"Result of {message["name"]}: {message["content"]}";
            message.Remove("name");
        }

        return result;
    }

    /// <summary>Messages of the same speaker that follow each other become one.</summary>
    public static JsonArray WithTurnsMerged(JsonArray messages)
    {
        List<JsonObject> result = [];
        foreach (JsonObject message in messages.Select(static message => (JsonObject)message!.DeepClone()))
        {
            if (result.Count > 0 && IsPlain(message) && IsPlain(result[^1]) && (string?)result[^1]["role"] == (string?)message["role"])
            {
                result[^1]["content"] = $"{result[^1]["content"]}\n\n{message["content"]}";
            }
            else
            {
                result.Add(message);
            }
        }

        return [.. result];
    }

    /// <summary>System texts stand at the beginning of the user's next message instead.</summary>
    public static JsonArray WithSystemInUserText(JsonArray messages)
    {
        List<JsonObject> result = [];
        List<string> texts = [];
        foreach (JsonObject message in messages.Select(static message => (JsonObject)message!.DeepClone()))
        {
            if ((string?)message["role"] == ChatRole.System.Value)
            {
                texts.Add($"{message["content"]}");
                continue;
            }

            if ((string?)message["role"] == ChatRole.User.Value && texts.Count > 0)
            {
                message["content"] = string.Join("\n\n", [.. texts, $"{message["content"]}"]);
                texts.Clear();
            }

            result.Add(message);
        }

        return texts.Count == 0 ? [.. result]
            : [.. result, new JsonObject { ["role"] = ChatRole.User.Value, ["content"] = string.Join("\n\n", texts) }];
    }

    private static JsonArray CallsOf(JsonObject message) => message["tool_calls"] as JsonArray ?? [];

    private static bool IsPlain(JsonObject message) => !message.ContainsKey("tool_calls") && !message.ContainsKey("tool_call_id");

    /// <summary>The calls of a message become part of its text.</summary>
    private static void WriteCalls(JsonObject message, CallSyntax syntax)
    {
        string calls = syntax.Write(CallsOf(message).Select(static call =>
            ((string)call!["function"]!["name"]!, JsonText.Format(call["function"]!["arguments"]))));
        message["content"] = (string?)message["content"] is { Length: > 0 } text ? $"{text}\n{calls}" : calls;
        message.Remove("tool_calls");
    }

    /// <summary>Each call in a message of its own, its result behind it.</summary>
    private static List<JsonObject> WithSingleCalls(List<JsonObject> messages)
    {
        List<JsonObject> result = [];
        for (int i = 0; i < messages.Count; i++)
        {
            JsonArray calls = CallsOf(messages[i]);
            if (calls.Count < 2)
            {
                result.Add(messages[i]);
                continue;
            }

            List<JsonObject> answers = [.. messages.Skip(i + 1).TakeWhile(static message => message.ContainsKey("tool_call_id"))];
            i += answers.Count;
            foreach (JsonNode? call in calls)
            {
                JsonObject single = (JsonObject)messages[i - answers.Count].DeepClone();
                single["content"] = call == calls[0] ? single["content"]!.DeepClone() : "";
                single["tool_calls"] = new JsonArray(call!.DeepClone());
                result.Add(single);
                result.AddRange(answers.Where(answer => (string?)answer["tool_call_id"] == (string?)call["id"]).Select(static answer => (JsonObject)answer.DeepClone()));
            }
        }

        return result;
    }

    /// <summary>A message with calls without text; its text comes before it.</summary>
    private static IEnumerable<JsonObject> WithoutText(JsonObject message)
    {
        if (CallsOf(message).Count == 0)
        {
            yield return message;
            yield break;
        }

        if ((string?)message["content"] is { Length: > 0 } text)
        {
            yield return new JsonObject { ["role"] = message["role"]!.DeepClone(), ["content"] = text };
        }

        message["content"] = null;
        yield return message;
    }

    /// <summary>An id of nine letters and digits; the same for the same id.</summary>
    private static string ShortId(string? id)
    {
        if (id?.Length == ShortIdLength && id.All(char.IsAsciiLetterOrDigit))
        {
            return id;
        }

        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(id ?? ""));
        return string.Concat(hash.Take(ShortIdLength).Select(static value => Letters[value % Letters.Length]));
    }
}
