using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Chat;

/// <summary>Answers with given contents, one list for each request, and remembers the requests.</summary>
internal sealed class ScriptedChatClient(params AIContent[][] replies) : IChatClient
{
    private int _next;

    public List<(List<ChatMessage> Messages, ChatOptions? Options)> Requests { get; } = [];

    public bool IsDisposed { get; private set; }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Requests.Add(([.. messages], options));
        AIContent[] reply = replies[Math.Min(_next++, replies.Length - 1)];
        string id = $"m{_next}";
        foreach (AIContent content in reply)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            yield return new ChatResponseUpdate(ChatRole.Assistant, [content]) { MessageId = id, ResponseId = $"r{_next}" };
        }

        UsageDetails usage = new() { InputTokenCount = 10, OutputTokenCount = 2, TotalTokenCount = 12 };
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(usage)]) { MessageId = id, FinishReason = ChatFinishReason.Stop };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() => IsDisposed = true;
}
