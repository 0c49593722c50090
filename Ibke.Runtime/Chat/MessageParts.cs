using System.Text;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Chat;

/// <summary>What a message says, calls and answers.</summary>
internal sealed record MessageParts(
    string Text, string Reasoning, IReadOnlyList<FunctionCallContent> Calls, IReadOnlyList<FunctionResultContent> Results)
{
    /// <summary>Sorts the contents of a message.</summary>
    /// <param name="message">Any message.</param>
    /// <param name="place">Its place in the conversation, for the error.</param>
    /// <exception cref="NotSupportedException">A content is neither text nor a function's call or result.</exception>
    public static MessageParts Read(ChatMessage message, int place)
    {
        StringBuilder text = new();
        StringBuilder reasoning = new();
        List<FunctionCallContent> calls = [];
        List<FunctionResultContent> results = [];
        foreach (AIContent content in message.Contents)
        {
            switch (content)
            {
                case TextContent part:
                    text.Append(part.Text);
                    break;
                case TextReasoningContent part:
                    reasoning.Append(part.Text);
                    break;
                case FunctionCallContent call:
                    calls.Add(call);
                    break;
                case FunctionResultContent result:
                    results.Add(result);
                    break;
                case UsageContent:
                    break;
                default:
                    throw new NotSupportedException(
                        $"Message {place} ({message.Role.Value}) holds {Describe(content)}, which a text model cannot read. Give text only.");
            }
        }

        return new MessageParts(text.ToString(), reasoning.ToString(), calls, results);
    }

    private static string Describe(AIContent content) => content switch
    {
        DataContent data => $"data of type {data.MediaType}",
        UriContent link => $"a link to {link.MediaType}",
        _ => content.GetType().Name,
    };
}
