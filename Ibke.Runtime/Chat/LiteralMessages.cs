using System.Text.Json.Nodes;
using Ibke.Runtime.Templates;
using Ibke.Runtime.Tokenization;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>
/// Marks the tokens that messages only quote, so that nobody who writes into a conversation can end a turn and begin another one. What the
/// template writes around the messages keeps its meaning.
/// </summary>
/// <remarks>
/// Special tokens are marked everywhere. The other tokens that the template or the model writes, such as the marks of calls and results, are marked
/// in what users and functions say; a system text may explain them, and a template may look for them in the model's own words. Thread-safe.
/// </remarks>
internal sealed class LiteralMessages
{
    private readonly LiteralText _special;
    private readonly LiteralText _all;

    public LiteralMessages(Tokenizer tokenizer, ChatTemplate template, ChatDialect dialect)
    {
        HashSet<string> marks = [.. dialect.Calls.Format.ControlMarks, .. dialect.Reasoning?.Marks ?? []];
        string[] special = [.. tokenizer.AddedTokens.Where(token => tokenizer.IsSpecial(tokenizer.FindId(token)!.Value))];
        _special = tokenizer.MarksFor(special);
        _all = tokenizer.MarksFor([.. special, .. tokenizer.AddedTokens.Except(special).Where(token =>
            !string.IsNullOrWhiteSpace(token) && (marks.Contains(token) || template.Source.Contains(token, StringComparison.Ordinal)))]);
    }

    /// <summary>The messages for the template.</summary>
    public JsonArray Messages(JsonArray messages) => [.. messages.Select(message => Marked(message, TokensFor((string)message!["role"]!)))];

    /// <summary>The functions for the template.</summary>
    public JsonArray? Declarations(JsonArray? declarations) => (JsonArray?)Marked(declarations, _special);

    /// <summary>Further variables for the template, whose texts are documents and the like.</summary>
    public JsonObject Variables(JsonObject variables) => (JsonObject)Marked(variables, _all)!;

    private static JsonNode? Marked(JsonNode? node, LiteralText tokens)
    {
        switch (node)
        {
            case JsonArray list:
                return new JsonArray([.. list.Select(item => Marked(item, tokens))]);
            case JsonObject map:
                return new JsonObject(map.Select(pair => KeyValuePair.Create(tokens.MarkTokens(pair.Key), Marked(pair.Value, tokens))));
            case JsonValue value when value.TryGetValue(out string? text):
                return JsonValue.Create(tokens.MarkTokens(text));
            default:
                return node?.DeepClone();
        }
    }

    private LiteralText TokensFor(string role) =>
        new ChatRole(role) is var speaker && (speaker == ChatRole.System || speaker == ChatRole.Assistant) ? _special : _all;
}
