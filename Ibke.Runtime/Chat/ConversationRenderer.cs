using System.Text.Json.Nodes;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Chat;

/// <summary>
/// Makes the text of a conversation by a model's template: messages in the form that it takes, tokens marked that messages only quote.
/// Thread-safe.
/// </summary>
internal sealed class ConversationRenderer
{
    private readonly ChatTemplate _template;
    private readonly ChatDialect _dialect;
    private readonly LiteralMessages _literal;
    private readonly Dictionary<string, JsonNode?> _variables;

    /// <summary>Renders by a template.</summary>
    /// <param name="tokenizer">Reads the text, by <see cref="Tokenizer.EncodeMarked"/>.</param>
    /// <param name="template">The template.</param>
    /// <param name="dialect">What it was found to be like.</param>
    /// <param name="variables">What every rendering is given.</param>
    public ConversationRenderer(Tokenizer tokenizer, ChatTemplate template, ChatDialect dialect, Dictionary<string, JsonNode?> variables)
    {
        _template = template;
        _dialect = dialect;
        _literal = new LiteralMessages(tokenizer, template.ForTools ?? template, dialect);
        _variables = variables;
    }

    /// <summary>The text of a conversation. What the template refuses by its order is said again in an order that more templates take.</summary>
    /// <param name="messages">Messages in the form of the chat completion API, with calls that have <c>function</c>.</param>
    /// <param name="declarations">The functions, or null.</param>
    /// <param name="mayCall">Whether the reply may call them.</param>
    /// <param name="variables">Further variables of the template.</param>
    /// <param name="addGenerationPrompt">Whether the text ends with the beginning of the assistant's turn.</param>
    /// <param name="cancellationToken">Ends a long rendering.</param>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public string Render(
        JsonArray messages, JsonArray? declarations, bool mayCall, JsonObject variables, bool addGenerationPrompt, CancellationToken cancellationToken)
    {
        JsonArray? functions = _literal.Declarations(declarations);
        Dictionary<string, JsonNode?> given = new(_variables);
        foreach ((string name, JsonNode? value) in _literal.Variables(variables))
        {
            given[name] = value;
        }

        JsonArray shaped = MessageForm.Shaped(_literal.Messages(messages), _dialect.Calls.Shape, _dialect.Calls.Syntax);
        if (mayCall && _dialect.Calls.HidesFunctions)
        {
            shaped = MessageForm.WithFunctions(shaped, functions!, _dialect.Calls.Syntax!);
        }

        try
        {
            return Render(shaped);
        }
        catch (TemplateException refusal) when (refusal.IsRaisedByTemplate)
        {
            string? text = TryRender(MessageForm.WithTurnsMerged(shaped))
                ?? TryRender(MessageForm.WithTurnsMerged(MessageForm.WithSystemInUserText(shaped)))
                ?? TryRender(MessageForm.WithTurnsMerged(MessageForm.WithSystemInUserText(MessageForm.WithResultsInUserText(shaped))));
            if (text is null)
            {
                throw;
            }

            return text;
        }

        string Render(JsonArray form)
        {
            ChatTemplate template = (functions is null ? null : _template.ForTools) ?? _template;
            return template.Render(form, functions, addGenerationPrompt, given, cancellationToken);
        }

        string? TryRender(JsonArray form)
        {
            try
            {
                return Render(form);
            }
            catch (TemplateException)
            {
                return null;
            }
        }
    }
}
