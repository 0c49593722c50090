namespace Ibke.Atlas.Conversations;

/// <summary>A message of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>.</param>
/// <param name="Content">The text; empty in a message that only calls.</param>
public sealed record Message(string Role, string Content)
{
    /// <summary>The call of an assistant's message, if it makes one.</summary>
    public FunctionCall? Call { get; init; }

    /// <summary>What skill the reply shows, such as <c>correct:call</c>; for scores.</summary>
    public string? Tag { get; init; }

    /// <summary>False: context only, not a reply to be learned or scored.</summary>
    public bool Learned { get; init; } = true;
}
