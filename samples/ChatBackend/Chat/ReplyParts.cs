using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Generation;
using Microsoft.Extensions.AI;

namespace Ibke.Samples.ChatBackend.Chat;

/// <summary>Parts of replies in OpenAI's form.</summary>
internal static class ReplyParts
{
    private const string LogProbabilitiesKey = "ibke.logprobs";

    private static readonly JsonSerializerOptions _plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A call.</summary>
    public static CalledFunctionBody Function(FunctionCallContent call) =>
        new(call.Name, JsonSerializer.Serialize(call.Arguments ?? new Dictionary<string, object?>(), _plain));

    /// <summary>A call that the server makes.</summary>
    public static JsonObject Call(FunctionCallContent call) => new()
    {
        ["name"] = call.Name, ["arguments"] = JsonSerializer.SerializeToNode(call.Arguments ?? new Dictionary<string, object?>(), _plain),
    };

    /// <summary>What a function of the server gave back.</summary>
    public static JsonNode? Result(FunctionResultContent result) => JsonSerializer.SerializeToNode(result.Result, _plain);

    /// <summary>The word for why a reply ended.</summary>
    public static string Finish(ChatFinishReason? reason) =>
        reason == ChatFinishReason.ToolCalls ? "tool_calls" : reason == ChatFinishReason.Length ? "length" : "stop";

    /// <summary>The probabilities that come with an update or a message; null where none were asked for.</summary>
    public static TokenLogProbability[]? LogProbabilities(AdditionalPropertiesDictionary? properties) =>
        properties?.GetValueOrDefault(LogProbabilitiesKey) as TokenLogProbability[];

    /// <summary>As OpenAI shows them.</summary>
    public static LogprobsView? Logprobs(IReadOnlyList<TokenLogProbability>? tokens) =>
        tokens is null ? null : new LogprobsView([.. tokens.Select(token => View(token) with { TopLogprobs = [.. token.Top.Select(View)] })]);

    private static TokenView View(TokenLogProbability token) => new(token.Text, token.LogProbability, [.. token.Bytes.Select(value => (int)value)]);
}
