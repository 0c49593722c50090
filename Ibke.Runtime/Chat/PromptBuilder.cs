using System.Text.Json.Nodes;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Chat;

/// <summary>Makes the tokens of a conversation by the model's template and tokenizer.</summary>
internal sealed class PromptBuilder
{
    private readonly LanguageModel _model;
    private readonly ContextOverflow _overflow;
    private readonly ConversationRenderer _renderer;

    /// <exception cref="ArgumentException">There is no template.</exception>
    public PromptBuilder(LanguageModel model, LocalChatClientOptions options)
    {
        _model = model;
        _overflow = options.ContextOverflow;
        ChatTemplate template = (options.Template ?? model.Template)?.WithTime(options.TimeProvider) ?? throw new ArgumentException(
            $"The model '{model.Id}' has no chat template, so it cannot chat. Give one as {nameof(LocalChatClientOptions)}.{nameof(LocalChatClientOptions.Template)}, "
            + $"for example {nameof(ChatTemplate)}.{nameof(ChatTemplate.Plain)}, or use TextGenerator for plain continuation.",
            nameof(model));
        Dictionary<string, JsonNode?> variables = SpecialTokenVariables.Of(model.Tokenizer);
        string? modelType = ConfigFile.TryOpen(model.Folder, "config.json")?.GetString("model_type", null);
        Dialect = ChatDialect.Find(model.Tokenizer, modelType, template, variables, options.ToolCallFormat);
        _renderer = new ConversationRenderer(model.Tokenizer, template, Dialect, variables);
    }

    /// <summary>How the model talks.</summary>
    public ChatDialect Dialect { get; }

    /// <summary>The tokens up to the place where the reply begins, or goes on after its forced beginning.</summary>
    /// <exception cref="PromptTooLongException">The conversation does not fit, and its older turns may not or need not be dropped.</exception>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public Prompt Build(ChatRequest request, CancellationToken cancellationToken)
    {
        Prompt prompt = Encode(request, cancellationToken);
        int limit = _model.Config.ContextLength - RoomForReply(request);
        while (_overflow == ContextOverflow.DropOldestTurns && prompt.Ids.Count > limit && request.Conversation.TryDropOldestTurn())
        {
            prompt = Encode(request, cancellationToken);
        }

        return prompt.Ids.Count < _model.Config.ContextLength ? prompt : throw new PromptTooLongException(prompt.Ids.Count, _model.Config.ContextLength);
    }

    private int RoomForReply(ChatRequest request) =>
        Math.Clamp(request.MaximumOutputTokens ?? int.MaxValue, 1, Math.Max(1, _model.Config.ContextLength / 4));

    private Prompt Encode(ChatRequest request, CancellationToken cancellationToken)
    {
        JsonArray messages = request.Conversation.ToJson();
        string text = _renderer.Prepare(messages, request.Tools.Declarations, request.Tools.MayCall, request.Variables)
            .Render(messages.Count, addGenerationPrompt: true, cancellationToken);
        bool isInThoughts = Dialect.Reasoning?.IsOpenAtEndOf(text) == true;
        if (request.Tools.Beginning.Length > 0)
        {
            // A call that is required leaves no room for thoughts.
            text += (isInThoughts ? $"{Dialect.Reasoning!.Close}\n\n" : "") + request.Tools.Beginning;
            isInThoughts = false;
        }

        return new Prompt(_model.Tokenizer.EncodeMarked(text), isInThoughts, Dialect.StopSequences.Count > 0);
    }
}
