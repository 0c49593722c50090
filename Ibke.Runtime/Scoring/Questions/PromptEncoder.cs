using System.Text.Json.Nodes;
using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring.Replies;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Scoring.Questions;

/// <summary>From questions and answers to tokens, through the model's own chat template.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class PromptEncoder
{
    private readonly LanguageModel _model;
    private readonly ChatTemplate _template;
    private readonly Dictionary<string, JsonNode?> _variables;

    /// <summary>Prepares the prompts of a model.</summary>
    /// <exception cref="InvalidOperationException">The model has no chat template, or no token that ends a reply.</exception>
    public PromptEncoder(LanguageModel model)
    {
        _model = model;
        _template = model.Template ?? throw new InvalidOperationException(
            $"The model {model.Id} has no chat template, and edits are scored by chat. Give its folder a chat_template.jinja.");
        _variables = SpecialTokenVariables.Of(model.Tokenizer);
        if (model.EndOfSequenceIds.Count == 0)
        {
            throw new InvalidOperationException($"The model {model.Id} names no token that ends a reply (eos_token_id).");
        }
    }

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

    /// <summary>The reply of an assistant's message, as the template writes it after a conversation.</summary>
    /// <param name="before">The conversation up to the message.</param>
    /// <param name="message">The message.</param>
    /// <returns>Null where the template writes the conversation in another way once it goes on.</returns>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public Reply? ReplyOf(ChatTurns before, JsonObject message)
    {
        string prompt = Text(before, addGenerationPrompt: true);
        ChatTurns with = before with { Messages = [.. before.Messages.Append(message).Select(item => item!.DeepClone())] };
        string whole = Text(with, addGenerationPrompt: false);
        if (whole.Length == prompt.Length || !whole.StartsWith(prompt, StringComparison.Ordinal))
        {
            return null;
        }

        IReadOnlyList<int> ids = _model.Tokenizer.Encode(whole[prompt.Length..]);
        int[] said = [.. ids.TakeWhile(id => !_model.EndOfSequenceIds.Contains(id))];
        return new Reply(said, Ends: said.Length < ids.Count);
    }

    private IReadOnlyList<int> Render(ChatTurns chat) => _model.Tokenizer.Encode(Text(chat, addGenerationPrompt: true));

    private string Text(ChatTurns chat, bool addGenerationPrompt)
    {
        ChatTemplate template = chat.Tools is { Count: > 0 } ? _template.ForTools ?? _template : _template;
        return template.Render(chat.Messages, chat.Tools, addGenerationPrompt, _variables);
    }
}
