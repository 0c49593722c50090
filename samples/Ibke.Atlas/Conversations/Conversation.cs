namespace Ibke.Atlas.Conversations;

/// <summary>A conversation.</summary>
/// <param name="Messages">Its messages.</param>
/// <param name="Functions">What is listed to the model; null: nothing.</param>
public sealed record Conversation(IReadOnlyList<Message> Messages, IReadOnlyList<ListedFunction>? Functions = null)
{
    /// <summary>About how many characters the model reads.</summary>
    public int Length => Messages.Sum(message => 24 + message.Content.Length + (message.Call?.Arguments.Sum(a => 8 + a.Name.Length + a.Value.Length) + 40 ?? 0))
        + (Functions?.Sum(function => 8 + function.Name.Length + function.Description.Length + function.Parameters.Sum(p => p.Length + 2)) ?? 0);
}
