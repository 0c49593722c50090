using Ibke.Cli.Chatting;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Templates;
using Microsoft.Extensions.AI;

namespace Ibke.Cli.Generating;

/// <summary>Turns a line of input into a line of output. A line that fails becomes an error line; only cancellation is thrown.</summary>
internal sealed class LineGenerator(
    LanguageModel model, ChatTemplate? template, ToolCallFormat? toolFormat, ChatOptions chatOptions, GenerationOptions textOptions) : IDisposable
{
    // A model without a chat template can continue texts all the same.
    private readonly Lazy<LocalChatClient> _client = new(() => model.Template is null && template is null
        ? throw new FormatException("The model has no chat template. Give \"prompt\", or name a template: --template FILE.")
        : new LocalChatClient(model, new LocalChatClientOptions { Template = template, ToolCallFormat = toolFormat }));

    private readonly TextGenerator _generator = new(model);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }

        _generator.Dispose();
    }

    /// <summary>Does one line.</summary>
    public async Task<GeneratedLine> GenerateAsync(int number, string line, CancellationToken cancellation)
    {
        try
        {
            GenerateRequest request = GenerateRequestReader.Read(line);
            if (request.PromptIds is null && !model.HasTokenizer)
            {
                throw new FormatException("The model has no tokenizer.json. Give \"prompt_ids\", or name a folder that has one: --tokenizer DIR.");
            }

            return request switch
            {
                { Prompt: { } text } => Continue(number, request, model.Tokenizer.Encode(text), cancellation),
                { PromptIds: { } ids } => Continue(number, request, ids, cancellation),
                _ => await AnswerAsync(number, request, cancellation),
            };
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            return new GeneratedLine { Id = GenerateRequestReader.TryReadId(line), Line = number, Error = $"Line {number}: {e.Message}" };
        }
    }

    private async Task<GeneratedLine> AnswerAsync(int number, GenerateRequest request, CancellationToken cancellation)
    {
        ChatOptions options = chatOptions.Clone();
        options.Tools = request.Tools.Count == 0 ? null : [.. request.Tools];
        ChatResponse response = await _client.Value.GetResponseAsync(request.Messages, options, cancellation);
        GeneratedCall[] calls =
        [
            .. response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()
                .Select(call => new GeneratedCall(call.CallId, call.Name, call.Arguments)),
        ];
        return new GeneratedLine
        {
            Id = request.Id,
            Line = number,
            Text = response.Text,
            Reasoning = Thoughts.Of(response),
            ToolCalls = calls.Length == 0 ? null : calls,
            MalformedCall = response.Messages.Select(message => message.AdditionalProperties?.GetValueOrDefault("ibke.malformed_call") as string).FirstOrDefault(reason => reason is not null),
            FinishReason = response.FinishReason?.Value,
            Usage = Usage(response.Usage?.InputTokenCount ?? 0, response.Usage?.OutputTokenCount ?? 0),
        };
    }

    private GeneratedLine Continue(int number, GenerateRequest request, IReadOnlyList<int> prompt, CancellationToken cancellation)
    {
        GenerationStep[] steps = [.. _generator.Generate(prompt, textOptions, null, cancellation)];
        GenerationStep last = steps[^1];
        return new GeneratedLine
        {
            Id = request.Id,
            Line = number,
            Text = model.HasTokenizer ? string.Concat(steps.Select(step => step.Text)) : null,
            Ids = request.PromptIds is null ? null : [.. steps.Select(step => step.TokenId)],
            FinishReason = last.FinishReason == FinishReason.Length ? "length" : "stop",
            Usage = Usage(last.Usage.PromptTokens, last.Usage.GeneratedTokens),
        };
    }

    private static GeneratedUsage Usage(long prompt, long completion) => new(prompt, completion, prompt + completion);
}
