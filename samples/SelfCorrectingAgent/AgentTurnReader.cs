using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Ibke.Samples.SelfCorrectingAgent;

/// <summary>Reads the messages that one turn of the agent produced.</summary>
internal static class AgentTurnReader
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Pairs each call with its result and takes the last text as the reply.</summary>
    public static AgentTurn Read(IEnumerable<ChatMessage> messages)
    {
        List<AIContent> contents = [.. messages.SelectMany(message => message.Contents)];
        Dictionary<string, object?> results = [];
        foreach (FunctionResultContent result in contents.OfType<FunctionResultContent>())
        {
            results[result.CallId] = result.Result;
        }

        List<AgentCall> calls = [];
        foreach (FunctionCallContent call in contents.OfType<FunctionCallContent>())
        {
            calls.Add(new AgentCall(
                call.Name,
                Json(call.Arguments ?? new Dictionary<string, object?>()),
                results.TryGetValue(call.CallId, out object? value) ? Json(value) : "(no result)"));
        }

        string reply = messages.LastOrDefault(message => message.Role == ChatRole.Assistant)?.Text ?? "";
        return new AgentTurn(reply.Trim(), calls);
    }

    private static string Json(object? value) => value as string ?? JsonSerializer.Serialize(value, Readable);
}
