using System.Text.Json.Nodes;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Chat;

/// <summary>Makes the tokens of a conversation by the model's template and tokenizer.</summary>
internal sealed class PromptBuilder
{
    private readonly LanguageModel _model;
    private readonly ContextOverflow _overflow;
    private readonly ChatTemplate _template;
    private readonly LiteralMessages _literal;
    private readonly Dictionary<string, JsonNode?> _variables;

    /// <exception cref="ArgumentException">There is no template.</exception>
    public PromptBuilder(LanguageModel model, LocalChatClientOptions options)
    {
        _model = model;
        _overflow = options.ContextOverflow;
        _template = (options.Template ?? model.Template)?.WithTime(options.TimeProvider) ?? throw new ArgumentException(
            $"The model '{model.Id}' has no chat template, so it cannot chat. Give one as {nameof(LocalChatClientOptions)}.{nameof(LocalChatClientOptions.Template)}, "
            + $"for example {nameof(ChatTemplate)}.{nameof(ChatTemplate.Plain)}, or use TextGenerator for plain continuation.",
            nameof(model));
        _variables = SpecialTokenVariables.Of(model.Tokenizer);
        Dialect = ChatDialect.Find(model, _template, _variables, options.ToolCallFormat);
        _literal = new LiteralMessages(model.Tokenizer, _template.ForTools ?? _template, Dialect);
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
        string text = Render(request, cancellationToken);
        bool isInThoughts = Dialect.Reasoning?.IsOpenAtEndOf(text) == true;
        if (request.Tools.Beginning.Length > 0)
        {
            // A call that is required leaves no room for thoughts.
            text += (isInThoughts ? $"{Dialect.Reasoning!.Close}\n\n" : "") + request.Tools.Beginning;
            isInThoughts = false;
        }

        return new Prompt(_model.Tokenizer.EncodeMarked(text), isInThoughts, Dialect.StopSequences.Count > 0);
    }

    /// <summary>The text of a conversation. What the template refuses by its order is said again in an order that more templates take.</summary>
    private string Render(ChatRequest request, CancellationToken cancellationToken)
    {
        JsonArray messages = MessageForm.Shaped(_literal.Messages(request.Conversation.ToJson()), Dialect.Calls.Shape, Dialect.Calls.Syntax);
        if (request.Tools.MayCall && Dialect.Calls.HidesFunctions)
        {
            messages = MessageForm.WithFunctions(messages, _literal.Declarations(request.Tools.Declarations)!, Dialect.Calls.Syntax!);
        }

        try
        {
            return Render(request, messages, cancellationToken);
        }
        catch (TemplateException refusal) when (refusal.IsRaisedByTemplate)
        {
            string? text = TryRender(MessageForm.WithTurnsMerged(messages))
                ?? TryRender(MessageForm.WithTurnsMerged(MessageForm.WithSystemInUserText(messages)))
                ?? TryRender(MessageForm.WithTurnsMerged(MessageForm.WithSystemInUserText(MessageForm.WithResultsInUserText(messages))));
            if (text is null)
            {
                throw;
            }

            return text;
        }

        string? TryRender(JsonArray other)
        {
            try
            {
                return Render(request, other, cancellationToken);
            }
            catch (TemplateException)
            {
                return null;
            }
        }
    }

    private string Render(ChatRequest request, JsonArray messages, CancellationToken cancellationToken)
    {
        JsonArray? declarations = _literal.Declarations(request.Tools.Declarations);
        ChatTemplate template = (declarations is null ? null : _template.ForTools) ?? _template;
        Dictionary<string, JsonNode?> variables = new(_variables);
        foreach ((string name, JsonNode? value) in _literal.Variables(request.Variables))
        {
            variables[name] = value;
        }

        return template.Render(messages, declarations, variables: variables, cancellationToken: cancellationToken);
    }
}
