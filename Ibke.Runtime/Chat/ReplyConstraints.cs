using System.Text.Json;
using Ibke.Runtime.Chat.Reasoning;
using Ibke.Runtime.Chat.ToolCalls;
using Ibke.Runtime.Constraints;
using Ibke.Runtime.Constraints.Schemas;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>
/// The constraints of replies. Equal requests share one, so that what was found out for one reply serves the next. Thread-safe; the least recently
/// made ones are forgotten.
/// </summary>
internal sealed class ReplyConstraints
{
    private const int MostKnown = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TextConstraint> _known = [];
    private readonly Queue<string> _order = [];

    /// <summary>The constraint of a reply, or null where it is free.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="isInThoughts">Whether the prompt leaves off where the model goes on thinking.</param>
    public TextConstraint? For(ChatRequest request, bool isInThoughts)
    {
        ToolUse tools = request.Tools;
        bool isForced = tools.Beginning.Length > 0;
        bool mayCall = tools.MayCall && tools.Calls.Syntax is not null;
        JsonElement? schema = isForced ? null : Schema(request.Format);
        if (schema is null && !mayCall)
        {
            return null;
        }

        ReasoningFormat? reasoning = schema is null ? null : request.Reasoning;
        string key = string.Join(
            '\n', schema?.GetRawText(), reasoning?.Open, isInThoughts, isForced, tools.RequiredFunction, tools.SeveralCalls, mayCall ? tools.Declarations!.ToJsonString() : null);
        return Find(key, () => Make(tools, schema, isForced, mayCall, reasoning, isInThoughts));
    }

    private static TextConstraint Make(ToolUse tools, JsonElement? schema, bool isForced, bool mayCall, ReasoningFormat? reasoning, bool isInThoughts)
    {
        ToolCallFormat format = tools.Calls.Format;
        string[] marks = [.. mayCall ? format.ControlMarks : [], .. reasoning?.Marks ?? []];
        return new TextConstraint(
            (vocabulary, terminals) =>
            {
                ReplyGrammar grammar = new(tools, vocabulary, terminals);
                if (schema is not { } wanted)
                {
                    return isForced ? grammar.ForcedCalls() : grammar.FreeWithCalls();
                }

                var answer = grammar.Value(wanted);
                answer = mayCall ? grammar.OrCalls(answer) : answer;
                return reasoning is null ? answer : grammar.WithReasoning(answer, reasoning, isInThoughts);
            },
            marks);
    }

    private static JsonElement? Schema(ChatResponseFormat? format) =>
        format is not ChatResponseFormatJson json ? null : json.Schema ?? SchemaDocument.AnyObject.Json;

    private TextConstraint Find(string key, Func<TextConstraint> make)
    {
        lock (_lock)
        {
            if (!_known.TryGetValue(key, out TextConstraint? constraint))
            {
                if (_order.Count == MostKnown)
                {
                    _known.Remove(_order.Dequeue());
                }

                constraint = make();
                _known[key] = constraint;
                _order.Enqueue(key);
            }

            return constraint;
        }
    }
}
