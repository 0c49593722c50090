using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Ibke.SemanticKernel.Tests;

/// <summary>Stands for the model: gives the replies it was made with, the last one again and again, and keeps what it was asked.</summary>
internal sealed class ScriptedChatClient(params IReadOnlyList<AIContent>[] replies) : IChatClient
{
    private int _next;

    public List<ChatOptions?> Options { get; } = [];

    public List<IReadOnlyList<ChatMessage>> Requests { get; } = [];

    public bool Disposed { get; private set; }

    public static IReadOnlyList<AIContent> Text(string text) => [new TextContent(text)];

    public static IReadOnlyList<AIContent> Call(string name, params (string Name, object? Value)[] arguments) =>
        [new FunctionCallContent($"call-{Guid.NewGuid():N}", name, arguments.ToDictionary(a => a.Name, a => a.Value))];

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [.. Next(messages, options)])));
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (AIContent content in Next(messages, options))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return new ChatResponseUpdate(ChatRole.Assistant, [content]);
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("scripted", defaultModelId: "script")
        : serviceKey is null && serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose() => Disposed = true;

    private IReadOnlyList<AIContent> Next(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        Requests.Add([.. messages]);
        Options.Add(options);
        return replies[Math.Min(_next++, replies.Length - 1)];
    }
}
