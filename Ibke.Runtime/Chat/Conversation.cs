using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>
/// A conversation in the form that chat templates know: system text, and turns, each from one user message to the next. It is a copy: later
/// changes of the caller's messages do not reach it.
/// </summary>
internal sealed class Conversation
{
    private readonly List<List<JsonObject>> _turns = [];
    private readonly Dictionary<string, string> _functionNames = [];
    private string? _system;

    /// <param name="messages">The whole history, oldest first.</param>
    /// <param name="instructions">System text of the request, put before that of the messages.</param>
    /// <exception cref="ArgumentException">There is nothing to answer: no message and no instruction.</exception>
    /// <exception cref="NotSupportedException">A message holds something that a text model cannot read; the message names it.</exception>
    public Conversation(IEnumerable<ChatMessage> messages, string? instructions)
    {
        ArgumentNullException.ThrowIfNull(messages);
        _system = string.IsNullOrEmpty(instructions) ? null : instructions;
        int place = 0;
        foreach (ChatMessage message in messages)
        {
            Add(message ?? throw new ArgumentException($"Message {place} is null.", nameof(messages)), place++);
        }

        if (place == 0 && _system is null)
        {
            throw new ArgumentException("The conversation is empty. Give at least one message.", nameof(messages));
        }
    }

    /// <summary>Leaves out the oldest turn, but for the system messages in it, which come to stand before the next one.</summary>
    /// <returns>False where only the last user message and what follows it is left.</returns>
    public bool TryDropOldestTurn()
    {
        if (_turns.Count < 2)
        {
            return false;
        }

        _turns[1].InsertRange(0, _turns[0].Where(static message => new ChatRole((string)message["role"]!) == ChatRole.System));
        _turns.RemoveAt(0);
        return true;
    }

    /// <summary>The messages for a template.</summary>
    public JsonArray ToJson()
    {
        IEnumerable<JsonObject> messages = _turns.SelectMany(static turn => turn).Select(static message => (JsonObject)message.DeepClone());
        return _system is null ? [.. messages] : [Message(ChatRole.System, _system), .. messages];
    }

    private static JsonObject Message(ChatRole role, string content) => new() { ["role"] = role.Value, ["content"] = content };

    private void Add(ChatMessage message, int place)
    {
        MessageParts parts = MessageParts.Read(message, place);
        if (message.Role == ChatRole.System && _turns.Count == 0)
        {
            _system = _system is null ? parts.Text : $"{_system}\n\n{parts.Text}";
            return;
        }

        if (message.Role == ChatRole.User || _turns.Count == 0)
        {
            _turns.Add([]);
        }

        foreach (FunctionResultContent result in parts.Results)
        {
            AddResult(result);
        }

        if (parts.Calls.Count > 0)
        {
            AddCalls(message, parts);
        }
        else if (parts.Results.Count == 0 || parts.Text.Length > 0)
        {
            _turns[^1].Add(WithName(WithReasoning(Message(message.Role, parts.Text), parts), message));
        }
    }

    private void AddResult(FunctionResultContent result)
    {
        JsonObject message = Message(ChatRole.Tool, ToolResultText.Of(result));
        message["tool_call_id"] = result.CallId;
        if (_functionNames.TryGetValue(result.CallId, out string? name))
        {
            message["name"] = name;
        }

        _turns[^1].Add(message);
    }

    private void AddCalls(ChatMessage original, MessageParts parts)
    {
        JsonArray calls = [];
        foreach (FunctionCallContent call in parts.Calls)
        {
            _functionNames[call.CallId] = call.Name;
            JsonObject function = new()
            {
                ["name"] = call.Name,
                ["arguments"] = call.Arguments is null ? new JsonObject() : ToolResultText.ToNode(call.Arguments),
            };
            calls.Add(new JsonObject { ["id"] = call.CallId, ["type"] = "function", ["function"] = function });
        }

        JsonObject message = WithName(WithReasoning(Message(ChatRole.Assistant, parts.Text), parts), original);
        message["tool_calls"] = calls;
        _turns[^1].Add(message);
    }

    private static JsonObject WithName(JsonObject message, ChatMessage original)
    {
        if (!string.IsNullOrEmpty(original.AuthorName))
        {
            message["name"] = original.AuthorName;
        }

        return message;
    }

    private static JsonObject WithReasoning(JsonObject message, MessageParts parts)
    {
        if (parts.Reasoning.Length > 0)
        {
            message["reasoning_content"] = parts.Reasoning;
        }

        return message;
    }
}
