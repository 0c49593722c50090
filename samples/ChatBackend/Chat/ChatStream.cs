using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Generation;
using Ibke.Samples.ChatBackend.Errors;
using Ibke.Samples.ChatBackend.Security;
using Microsoft.Extensions.AI;

namespace Ibke.Samples.ChatBackend.Chat;

/// <summary>A reply that is sent as it comes, in chunks of OpenAI's form.</summary>
internal sealed class ChatStream(HttpContext context, ChatService chat, ChatPlan plan, TokenCount tokens)
{
    private readonly ServerSentEvents _events = new(context);
    private readonly string _id = NewId();
    private readonly long _created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>A new name of a completion.</summary>
    public static string NewId() => "chatcmpl-" + Guid.NewGuid().ToString("N");

    /// <summary>Sends the replies, one after another. What fails before the first chunk is an error of the request; what fails later, the last chunk.</summary>
    public async Task WriteAsync(Identity by)
    {
        try
        {
            for (int choice = 0; choice < plan.Choices; choice++)
            {
                await WriteChoiceAsync(choice, by);
            }

            if (plan.IncludeUsage)
            {
                await SendAsync(Chunk([]) with { Usage = tokens.View });
            }
        }
        catch (Exception error) when (context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            ApiException told = ErrorResponses.Translate(error, context.RequestServices.GetRequiredService<ILogger<ChatStream>>());
            await _events.WriteAsync(JsonSerializer.Serialize(told.Body, ApiJson.Options), null, context.RequestAborted);
        }

        await _events.WriteAsync(ServerSentEvents.End, null, context.RequestAborted);
    }

    private async Task WriteChoiceAsync(int choice, Identity by)
    {
        (bool begun, int calls, int shownProbabilities) = (false, 0, 0);
        ChatFinishReason? finish = null;
        await foreach (ChatResponseUpdate update in chat.StreamAsync(plan, choice, by, context.RequestAborted))
        {
            tokens.Add(update);
            if (!begun)
            {
                begun = true;
                await SendAsync(Chunk([new ChoiceView(choice) { Delta = new DeltaView { Role = "assistant", Content = "" } }]));
            }

            finish = update.FinishReason ?? finish;
            TokenLogProbability[]? probabilities = Unseen(update, ref shownProbabilities);
            foreach (AIContent content in update.Contents)
            {
                if (Show(choice, content, ref calls) is { } chunk)
                {
                    await SendAsync(WithProbabilities(chunk, probabilities));
                    probabilities = null;
                }
            }

            if (probabilities is { Length: > 0 })
            {
                await SendAsync(WithProbabilities(Chunk([new ChoiceView(choice) { Delta = new DeltaView() }]), probabilities));
            }
        }

        await SendAsync(Chunk([new ChoiceView(choice) { Delta = new DeltaView(), FinishReason = ReplyParts.Finish(finish) }]));
    }

    private ChatCompletion? Show(int choice, AIContent content, ref int calls) => content switch
    {
        TextReasoningContent thoughts => Chunk([new ChoiceView(choice) { Delta = new DeltaView { ReasoningContent = thoughts.Text } }]),
        TextContent text => Chunk([new ChoiceView(choice) { Delta = new DeltaView { Content = text.Text } }]),
        FunctionCallContent call when plan.HasKnowledge => Extended(choice, "call", ReplyParts.Call(call)),
        FunctionResultContent result when plan.HasKnowledge => Extended(choice, "result", ReplyParts.Result(result)),
        FunctionCallContent call => Chunk([new ChoiceView(choice)
        {
            Delta = new DeltaView { ToolCalls = [new ToolCallDelta(calls++, call.CallId, "function", ReplyParts.Function(call))] },
        }]),
        _ => null,
    };

    private ChatCompletion Extended(int choice, string key, JsonNode? value) =>
        Chunk([new ChoiceView(choice) { Delta = new DeltaView() }]) with { Ibke = new JsonObject { [key] = value } };

    private ChatCompletion Chunk(IReadOnlyList<ChoiceView> choices) => new(_id, "chat.completion.chunk", _created, plan.Model, choices);

    private static ChatCompletion WithProbabilities(ChatCompletion chunk, TokenLogProbability[]? probabilities) => probabilities is null
        ? chunk
        : chunk with { Choices = [chunk.Choices[0] with { Logprobs = ReplyParts.Logprobs(probabilities) }] };

    // The last update of a reply has the probabilities of all its tokens, the others those since the update before.
    private static TokenLogProbability[]? Unseen(ChatResponseUpdate update, ref int shown)
    {
        if (ReplyParts.LogProbabilities(update.AdditionalProperties) is not { } tokens)
        {
            return null;
        }

        if (update.FinishReason is null)
        {
            shown += tokens.Length;
            return tokens;
        }

        (int before, shown) = (shown, 0);
        return tokens[before..];
    }

    private Task SendAsync(ChatCompletion chunk) => _events.WriteAsync(JsonSerializer.Serialize(chunk, ApiJson.Options), null, context.RequestAborted);
}
