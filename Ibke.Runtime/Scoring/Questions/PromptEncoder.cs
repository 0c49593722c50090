using System.Text.Json.Nodes;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring.Replies;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Scoring.Questions;

/// <summary>From questions and answers to tokens, as the chat client makes them of conversations: through the model's own chat template.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class PromptEncoder
{
    private readonly LanguageModel _model;
    private readonly ConversationRenderer _renderer;
    private readonly bool _canShowFunctions;

    /// <summary>Prepares the prompts of a model.</summary>
    /// <exception cref="InvalidOperationException">The model has no chat template, or no token that ends a reply.</exception>
    public PromptEncoder(LanguageModel model)
    {
        _model = model;
        ChatTemplate template = model.Template ?? throw new InvalidOperationException(
            $"The model {model.Id} has no chat template, and edits are scored by chat. Give its folder a chat_template.jinja.");
        Dictionary<string, JsonNode?> variables = SpecialTokenVariables.Of(model.Tokenizer);
        string? modelType = ConfigFile.TryOpen(model.Folder, "config.json")?.GetString("model_type", null);
        ChatDialect dialect = ChatDialect.Find(model.Tokenizer, modelType, template, variables, chosen: null);
        _renderer = new ConversationRenderer(model.Tokenizer, template, dialect, variables);
        _canShowFunctions = dialect.Calls.CanShowFunctions;
        Ends = new HashSet<int>([.. model.EndOfSequenceIds, .. dialect.TurnEnds]);
        if (Ends.Count == 0)
        {
            throw new InvalidOperationException($"The model {model.Id} names no token that ends a reply (eos_token_id).");
        }
    }

    /// <summary>The tokens that end a reply.</summary>
    public IReadOnlySet<int> Ends { get; }

    /// <summary>The tokens up to where the reply begins.</summary>
    /// <param name="content">What is asked.</param>
    /// <param name="edits">Whose text goes before the question.</param>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public IReadOnlyList<int> Prompt(QuestionContent content, EditsInForce? edits = null)
    {
        string context = edits?.Context(content.Text) ?? "";
        return content switch
        {
            PlainText text => _model.Tokenizer.Encode(context.Length == 0 ? text.Prompt : $"{context} {text.Prompt}"),
            ChatTurns chat => Render(context.Length == 0 ? chat : chat.With(context)),
            _ => throw new ArgumentException($"No prompt is known for {content.GetType().Name}.", nameof(content)),
        };
    }

    /// <summary>The reply that consists of an answer and its end. A plain text is continued after a space.</summary>
    public Reply Reply(QuestionContent content, string answer) => content is PlainText text
        ? new Reply(_model.Tokenizer.Encode($" {answer}{text.End}"), Ends: text.End is null)
        : new Reply(_model.Tokenizer.Encode(answer), Ends: true);

    private IReadOnlyList<int> Render(ChatTurns chat)
    {
        JsonArray? tools = chat.Tools is { Count: > 0 } ? chat.Tools : null;
        string text = _renderer.Prepare(chat.Messages, tools, tools is not null && _canShowFunctions, [])
            .Render(chat.Messages.Count, addGenerationPrompt: true, CancellationToken.None);
        return _model.Tokenizer.EncodeMarked(text);
    }
}
