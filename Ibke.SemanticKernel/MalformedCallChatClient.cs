using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Ibke.SemanticKernel;

/// <summary>
/// Keeps calls that the model wrote badly from being made. The function invocation around this client does not look at
/// <see cref="FunctionCallContent.Exception"/>: it would call the function by its name, without arguments. Under a name that no function has, the
/// model is told so instead and can try again.
/// </summary>
internal sealed class MalformedCallChatClient(IChatClient innerClient) : DelegatingChatClient(innerClient)
{
    public const string MalformedCallName = "malformed_call";

    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatResponse response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
        foreach (ChatMessage message in response.Messages)
        {
            Rename(message.Contents);
        }

        return response;
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            Rename(update.Contents);
            yield return update;
        }
    }

    private static void Rename(IList<AIContent> contents)
    {
        for (int i = 0; i < contents.Count; i++)
        {
            if (contents[i] is FunctionCallContent { Exception: not null } call)
            {
                contents[i] = new FunctionCallContent(call.CallId, MalformedCallName, call.Arguments)
                {
                    Exception = call.Exception,
                    RawRepresentation = call.RawRepresentation,
                    AdditionalProperties = call.AdditionalProperties,
                };
            }
        }
    }
}
