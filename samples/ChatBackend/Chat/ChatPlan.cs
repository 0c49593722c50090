using System.Text.Json;
using Ibke.Samples.ChatBackend.Errors;
using Microsoft.Extensions.AI;

namespace Ibke.Samples.ChatBackend.Chat;

/// <summary>A request for a chat completion that was checked.</summary>
/// <param name="Model">The model's name, as the request gives it.</param>
/// <param name="HasKnowledge">Whether the server's own functions are called on the way.</param>
/// <param name="Messages">The conversation.</param>
/// <param name="Options">How the reply is made.</param>
/// <param name="Choices">How many replies are wanted.</param>
/// <param name="IncludeUsage">Whether a stream ends with the number of tokens.</param>
internal sealed record ChatPlan(string Model, bool HasKnowledge, List<ChatMessage> Messages, ChatOptions Options, int Choices, bool IncludeUsage)
{
    private const int MostChoices = 8;
    private const int MostStops = 4;

    /// <summary>Checks a request.</summary>
    /// <param name="body">The request.</param>
    /// <param name="name">The model that it names.</param>
    /// <param name="maxTokens">The most tokens of a reply.</param>
    /// <exception cref="ApiException">It cannot be answered; names the part.</exception>
    public static ChatPlan Read(ChatCompletionBody body, ModelName name, int maxTokens)
    {
        int choices = body.N ?? 1;
        if (choices is < 1 or > MostChoices)
        {
            throw ApiException.Invalid($"n must be from 1 to {MostChoices}.", "n");
        }

        RefuseUnsupported(body);
        if (name.HasKnowledge && (body.Tools is { Count: > 0 } || choices > 1))
        {
            throw ApiException.Invalid($"{name.Id} calls the server's own functions: it takes no tools, and makes one choice.", choices > 1 ? "n" : "tools");
        }

        IList<AITool>? tools = ToolReader.ReadTools(body.Tools);
        ChatOptions options = new()
        {
            Temperature = body.Temperature,
            TopP = body.TopP,
            FrequencyPenalty = body.FrequencyPenalty,
            PresencePenalty = body.PresencePenalty,
            Seed = body.Seed,
            MaxOutputTokens = MaxTokens(body, maxTokens),
            StopSequences = Stops(body.Stop),
            Tools = tools,
            ToolMode = ToolReader.ReadChoice(body.ToolChoice, tools),
            AllowMultipleToolCalls = body.ParallelToolCalls,
            ResponseFormat = Format(body.ResponseFormat),
            AdditionalProperties = LogProbabilities(body),
        };
        return new ChatPlan(name.Id, name.HasKnowledge, MessageReader.Read(body.Messages), options, choices, body.StreamOptions?.IncludeUsage == true);
    }

    private static void RefuseUnsupported(ChatCompletionBody body)
    {
        if (body.Functions.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            throw ApiException.Invalid("functions is not supported; use tools.", "functions", "unsupported_parameter");
        }

        if (body.LogitBias.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            throw ApiException.Invalid("logit_bias is not supported.", "logit_bias", "unsupported_parameter");
        }
    }

    private static int MaxTokens(ChatCompletionBody body, int most)
    {
        int wanted = body.MaxCompletionTokens ?? body.MaxTokens ?? most;
        return wanted >= 1
            ? Math.Min(wanted, most)
            : throw ApiException.Invalid("There must be room for at least one token.", body.MaxCompletionTokens is null ? "max_tokens" : "max_completion_tokens");
    }

    /// <summary>A text that ends the reply, or several.</summary>
    /// <exception cref="ApiException">It is something else.</exception>
    public static List<string> Stops(JsonElement stop)
    {
        JsonElement[] texts = stop.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => [],
            JsonValueKind.Array => [.. stop.EnumerateArray()],
            _ => [stop],
        };
        return texts.Length <= MostStops && texts.All(text => text.ValueKind == JsonValueKind.String && text.GetString()!.Length > 0)
            ? [.. texts.Select(text => text.GetString()!)]
            : throw ApiException.Invalid($"stop must be a text that is not empty, or at most {MostStops} of them.", "stop");
    }

    private static ChatResponseFormat? Format(ResponseFormatBody? format) => format?.Type switch
    {
        null when format is null => null,
        "text" => ChatResponseFormat.Text,
        "json_object" => ChatResponseFormat.Json,
        "json_schema" when format.JsonSchema is { Schema.ValueKind: JsonValueKind.Object } form =>
            ChatResponseFormat.ForJsonSchema(form.Schema, form.Name, form.Description),
        _ => throw ApiException.Invalid("The response format must be text, json_object, or json_schema with a schema.", "response_format"),
    };

    private static AdditionalPropertiesDictionary? LogProbabilities(ChatCompletionBody body) => (body.Logprobs, body.TopLogprobs) switch
    {
        (true, null or (>= 0 and <= 20)) => new() { ["logprobs"] = true, ["top_logprobs"] = body.TopLogprobs ?? 0 },
        (not true, null or 0) => null,
        _ => throw ApiException.Invalid("top_logprobs must be from 0 to 20, and needs logprobs.", "top_logprobs"),
    };
}
