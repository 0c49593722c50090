using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Chat.Reasoning;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Constraints.Grammar;
using Ibke.Runtime.Constraints.Schemas;
using Ibke.Runtime.Constraints.Vocabulary;

namespace Ibke.Runtime.Chat;

/// <summary>What a reply may look like: calls of the functions of a request, JSON, reasoning before both, or free text with calls in it.</summary>
/// <remarks>Belongs to one thread.</remarks>
internal sealed class ReplyGrammar(ToolUse tools, TokenVocabulary vocabulary, TerminalFactory terminals)
{
    private static readonly string[] _space = ["", " ", "\n"];
    private static readonly string[] _afterReasoning = ["", "\n", "\n\n"];

    private readonly CallSyntax? _syntax = tools.Calls.Syntax;

    /// <summary>The rest of a reply whose beginning was written for the model so that it becomes a call.</summary>
    public GrammarNode ForcedCalls()
    {
        IReadOnlyList<JsonObject> functions = Functions();
        GrammarNode first = tools.RequiredFunction is null ? BehindName(functions) : Arguments(functions[0]);
        return new SequenceNode(first, MoreCalls(functions), Text(_syntax!.Close));
    }

    /// <summary>Free text, in which a call is constrained from its mark on.</summary>
    public GrammarNode FreeWithCalls()
    {
        string beginning = _syntax!.Beginning(null);
        string start = beginning.TrimStart();
        string? mark = tools.Calls.Format.Marks.Where(mark => mark.Length > 1 && start.StartsWith(mark, StringComparison.Ordinal)).MaxBy(static mark => mark.Length);
        if (mark is null)
        {
            // Nothing but its place tells a call from text.
            return new ChoiceNode([terminals.FreeText(start, MarkPlace.NotAtStart), Calls()]);
        }

        GrammarNode call = new SequenceNode(terminals.FreeText(mark, MarkPlace.AtEnd), Text(start[mark.Length..]), CallsBehindBeginning());
        return new SequenceNode(new AnyNumberNode(call), terminals.FreeText(mark, MarkPlace.Nowhere));
    }

    /// <summary>A value, or calls.</summary>
    public GrammarNode OrCalls(GrammarNode value) => new ChoiceNode([value, Calls()]);

    /// <summary>A value that satisfies a schema.</summary>
    /// <exception cref="Constraints.JsonSchemaException">It cannot be followed.</exception>
    public GrammarNode Value(JsonElement schema) => SchemaGrammar.Of(schema, vocabulary, terminals);

    /// <summary>Free reasoning, then the answer.</summary>
    /// <param name="answer">What comes after it.</param>
    /// <param name="marks">What stands around it.</param>
    /// <param name="isOpen">Whether the prompt has begun it already; otherwise it may be left out.</param>
    public GrammarNode WithReasoning(GrammarNode answer, ReasoningFormat marks, bool isOpen)
    {
        GrammarNode reasoning = new SequenceNode(terminals.FreeText(marks.Close, MarkPlace.AtEnd), terminals.OneOf(_afterReasoning), answer);
        return isOpen ? reasoning : new ChoiceNode([answer, new SequenceNode(terminals.OneOf([marks.Open]), reasoning)]);
    }

    private GrammarNode Calls() => new SequenceNode(Text(_syntax!.Beginning(null).TrimStart()), CallsBehindBeginning());

    private SequenceNode CallsBehindBeginning()
    {
        IReadOnlyList<JsonObject> functions = Functions();
        return new SequenceNode(BehindName(functions), MoreCalls(functions), Text(_syntax!.Close));
    }

    private GrammarNode MoreCalls(IReadOnlyList<JsonObject> functions) => tools.SeveralCalls
        ? new AnyNumberNode(new SequenceNode(Text(_syntax!.Between + _syntax.BeforeName), BehindName(functions)))
        : Text("");

    // A name, and everything up to the end of its call.
    private GrammarNode BehindName(IReadOnlyList<JsonObject> functions) => new ChoiceNode(
        [.. functions.Select(function => new SequenceNode(Text((string)function["name"]! + _syntax!.AfterName), Arguments(function)))]);

    private GrammarNode Arguments(JsonObject function)
    {
        string end = _syntax!.AfterArguments;
        JsonElement schema = JsonSerializer.SerializeToElement(function["parameters"]);
        return _syntax.Parameters is { } syntax
            ? new SequenceNode([.. Parameters(schema, syntax), Text(syntax.Close + end)])
            : _syntax.ArgumentsAreJson
                ? new SequenceNode(terminals.OneOf(_space), SchemaGrammar.OfArguments(schema, vocabulary, terminals), Text(end))
                : terminals.FreeText(end, MarkPlace.AtEnd);
    }

    // In the order of the schema, as in JSON.
    private IEnumerable<GrammarNode> Parameters(JsonElement schema, ParameterSyntax syntax)
    {
        if (JsonObject.Create(schema) is not { } function || function["properties"] is not JsonObject properties)
        {
            yield break;
        }

        HashSet<string> required = [.. (function["required"] as JsonArray ?? []).OfType<JsonValue>().Select(static name => name.ToString())];
        foreach ((string name, JsonNode? property) in properties)
        {
            GrammarNode parameter = new SequenceNode(
                Text(syntax.BeforeName + name + syntax.AfterName), ParameterValue(schema, name, property as JsonObject, syntax.AfterValue));
            yield return required.Contains(name) ? parameter : new ChoiceNode([Text(""), parameter]);
        }
    }

    // Texts stand there as they are; all other values are JSON.
    private GrammarNode ParameterValue(JsonElement schema, string name, JsonObject? property, string end)
    {
        if (!ToolCalls.Formats.ParameterValue.MayBeText(property))
        {
            return new SequenceNode(SchemaGrammar.OfProperty(schema, name, vocabulary, terminals), Text(end));
        }

        string[] values = [.. (property?["enum"] as JsonArray ?? []).OfType<JsonValue>().Select(static value => value.ToString())];
        return values.Length > 0 ? new SequenceNode(terminals.OneOf(values), Text(end)) : terminals.FreeText(end, MarkPlace.AtEnd);
    }

    private ByteTerminal Text(string text) => terminals.OneOf([text]);

    private IReadOnlyList<JsonObject> Functions() =>
    [
        .. tools.Declarations!.Select(static declaration => declaration!["function"]!.AsObject())
            .Where(function => tools.RequiredFunction is not string name || (string)function["name"]! == name),
    ];
}
