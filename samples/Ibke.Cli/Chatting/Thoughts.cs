using Microsoft.Extensions.AI;

namespace Ibke.Cli.Chatting;

/// <summary>What a model thinks before it replies.</summary>
internal static class Thoughts
{
    /// <summary>The thoughts in a reply; null where there are none.</summary>
    public static string? Of(ChatResponse response)
    {
        string text = string.Concat(response.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>().Select(thought => thought.Text));
        return text.Length > 0 ? text : null;
    }
}
