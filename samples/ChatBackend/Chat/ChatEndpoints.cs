using System.Text.Json.Nodes;
using Ibke.Samples.ChatBackend.Auditing;
using Ibke.Samples.ChatBackend.Queues;
using Ibke.Samples.ChatBackend.Security;
using Microsoft.Extensions.AI;

namespace Ibke.Samples.ChatBackend.Chat;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal static class ChatEndpoints
{
    /// <summary>Adds it.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/chat/completions", CompleteAsync)
        .WithTags("openai")
        .WithMetadata(new NeededRoles(BackendRoles.Chat))
        .WithSummary("A reply to a conversation, whole or as server-sent events.")
        .Accepts<ChatCompletionBody>("application/json")
        .Produces<ChatCompletion>()
        .Produces<string>(contentType: ServerSentEvents.ContentType);

    private static async Task CompleteAsync(HttpContext context, ChatService chat, ChatQueue queue, LoadMeter meter)
    {
        ChatCompletionBody body = await ApiJson.ReadAsync<ChatCompletionBody>(context);
        ChatPlan plan = await chat.PlanAsync(body, context.RequestAborted);
        Identity by = Identity.Of(context);
        TokenCount tokens = new(CallTokens.Of(context), meter);
        using IDisposable place = await queue.EnterAsync(by.Name, context.RequestAborted);
        if (body.Stream == true)
        {
            await new ChatStream(context, chat, plan, tokens).WriteAsync(by);
        }
        else
        {
            await context.Response.WriteAsJsonAsync(await AnswerAsync(chat, plan, by, tokens, context.RequestAborted), ApiJson.Options, context.RequestAborted);
        }
    }

    private static async Task<ChatCompletion> AnswerAsync(ChatService chat, ChatPlan plan, Identity by, TokenCount tokens, CancellationToken cancellationToken)
    {
        List<ChoiceView> choices = [];
        JsonArray calls = [];
        for (int choice = 0; choice < plan.Choices; choice++)
        {
            ChatResponse response = await chat.AnswerAsync(plan, choice, by, cancellationToken);
            tokens.Add(response.Usage ?? new UsageDetails());
            choices.Add(Choice(choice, response, plan.HasKnowledge));
            AddCalls(calls, response);
        }

        return new ChatCompletion(ChatStream.NewId(), "chat.completion", DateTimeOffset.UtcNow.ToUnixTimeSeconds(), plan.Model, choices)
        {
            Usage = tokens.View,
            Ibke = plan.HasKnowledge ? new JsonObject { ["calls"] = calls } : null,
        };
    }

    private static ChoiceView Choice(int index, ChatResponse response, bool hasKnowledge)
    {
        ChatMessage last = response.Messages.LastOrDefault(message => message.Role == ChatRole.Assistant) ?? new ChatMessage(ChatRole.Assistant, "");
        ToolCallBody[] calls = hasKnowledge ? [] :
            [.. last.Contents.OfType<FunctionCallContent>().Select(call => new ToolCallBody(call.CallId, "function", ReplyParts.Function(call)))];
        string thoughts = string.Concat(last.Contents.OfType<TextReasoningContent>().Select(content => content.Text));
        return new ChoiceView(index)
        {
            Message = new MessageView("assistant", calls.Length > 0 && last.Text.Length == 0 ? null : last.Text)
            {
                ToolCalls = calls.Length > 0 ? calls : null,
                ReasoningContent = thoughts.Length > 0 ? thoughts : null,
            },
            Logprobs = ReplyParts.Logprobs(ReplyParts.LogProbabilities(last.AdditionalProperties)),
            FinishReason = ReplyParts.Finish(response.FinishReason),
        };
    }

    private static void AddCalls(JsonArray calls, ChatResponse response)
    {
        AIContent[] contents = [.. response.Messages.SelectMany(message => message.Contents)];
        foreach (FunctionCallContent call in contents.OfType<FunctionCallContent>())
        {
            JsonObject made = ReplyParts.Call(call);
            made["result"] = contents.OfType<FunctionResultContent>().FirstOrDefault(result => result.CallId == call.CallId) is { } result ? ReplyParts.Result(result) : null;
            calls.Add(made);
        }
    }
}
