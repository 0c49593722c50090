using System.Text.Json.Nodes;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Chat;

/// <summary>
/// Makes the text of conversations by a model's template: messages in the form that it takes, tokens marked that messages only quote.
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

    /// <summary>Marks a conversation, of which then any beginning can be rendered.</summary>
    /// <param name="messages">Messages in the form of the chat completion API, with calls that have <c>function</c>.</param>
    /// <param name="declarations">The functions, or null.</param>
    /// <param name="mayCall">Whether the reply may call them.</param>
    /// <param name="variables">Further variables of the template.</param>
    public PreparedConversation Prepare(JsonArray messages, JsonArray? declarations, bool mayCall, JsonObject variables)
    {
        Dictionary<string, JsonNode?> given = new(_variables);
        foreach ((string name, JsonNode? value) in _literal.Variables(variables))
        {
            given[name] = value;
        }

        JsonArray? functions = _literal.Declarations(declarations);
        ChatTemplate template = (functions is null ? null : _template.ForTools) ?? _template;
        return new PreparedConversation(template, _dialect.Calls, _literal.Messages(messages), functions, mayCall, given);
    }
}
