using System.Text;
using System.Text.Json;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Hosting;
using Ibke.Runtime.Models;
using Ibke.Samples.ChatBackend.Auditing;
using Ibke.Samples.ChatBackend.Errors;
using Ibke.Samples.ChatBackend.Queues;
using Ibke.Samples.ChatBackend.Security;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Ibke.Samples.ChatBackend.Chat;

/// <summary><c>POST /v1/completions</c>: the plain continuation of a text, without a chat template.</summary>
internal static class CompletionEndpoints
{
    /// <summary>Adds it.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/completions", CompleteAsync)
        .WithTags("openai")
        .WithMetadata(new NeededRoles(BackendRoles.Chat))
        .WithSummary("The continuation of a text, whole or as server-sent events.")
        .Accepts<CompletionBody>("application/json")
        .Produces<Completion>()
        .Produces<string>(contentType: ServerSentEvents.ContentType);

    private static async Task CompleteAsync(HttpContext context, IbkeRuntime runtime, ChatQueue queue, LoadMeter meter, IOptions<BackendOptions> options)
    {
        CompletionBody body = await ApiJson.ReadAsync<CompletionBody>(context);
        LanguageModel model = await runtime.ModelAsync(context.RequestAborted);
        if (ModelName.Find(body.Model, model.Id).HasKnowledge)
        {
            throw ApiException.Invalid("Functions are called in chat completions only.", "model");
        }

        IReadOnlyList<int> prompt = model.Tokenizer.Encode(body.Text(), addSpecialTokens: true);
        using IDisposable place = await queue.EnterAsync(Identity.Of(context).Name, context.RequestAborted);

        // Prompts of this kind are rarely continued, so their computed beginnings are not kept.
        using TextGenerator generator = new(model, prefixCacheBytes: 0);
        IEnumerable<GenerationStep> steps = generator.Generate(prompt, body.Sampling(options.Value.Limits.MaxTokens), null, context.RequestAborted);
        Completion frame = new("cmpl-" + Guid.NewGuid().ToString("N"), "text_completion", DateTimeOffset.UtcNow.ToUnixTimeSeconds(), model.Id, [], null);
        TokenCount tokens = new(CallTokens.Of(context), meter);
        await (body.Stream == true ? StreamAsync(context, steps, frame, tokens) : AnswerAsync(context, steps, frame, tokens));
    }

    private static async Task AnswerAsync(HttpContext context, IEnumerable<GenerationStep> steps, Completion frame, TokenCount tokens)
    {
        StringBuilder text = new();
        GenerationStep last = default;
        foreach (GenerationStep step in steps)
        {
            text.Append(step.Text);
            last = step;
        }

        tokens.Add(Usage(last.Usage));
        Completion completion = frame with { Choices = [Choice(text.ToString(), last)], Usage = tokens.View };
        await context.Response.WriteAsJsonAsync(completion, ApiJson.Options, context.RequestAborted);
    }

    private static async Task StreamAsync(HttpContext context, IEnumerable<GenerationStep> steps, Completion frame, TokenCount tokens)
    {
        ServerSentEvents events = new(context);
        foreach (GenerationStep step in steps)
        {
            Completion chunk = frame with { Choices = [Choice(step.Text, step)] };
            if (step.FinishReason is not null)
            {
                tokens.Add(Usage(step.Usage));
                chunk = chunk with { Usage = tokens.View };
            }

            await events.WriteAsync(JsonSerializer.Serialize(chunk, ApiJson.Options), null, context.RequestAborted);
        }

        await events.WriteAsync(ServerSentEvents.End, null, context.RequestAborted);
    }

    private static CompletionChoice Choice(string text, GenerationStep step) => new(0, text, step.FinishReason switch
    {
        FinishReason.Stop => "stop",
        FinishReason.Length => "length",
        _ => null,
    });

    private static UsageDetails Usage(TokenUsage usage) => new()
    {
        InputTokenCount = usage.PromptTokens, CachedInputTokenCount = usage.CachedTokens, OutputTokenCount = usage.GeneratedTokens,
    };
}
