using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Hosting;

/// <summary>The client that a container gives out: waits until the model is loaded, and knows which replies are being made when the host stops.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class HostedChatClient(IbkeRuntime runtime) : IChatClient
{
    private readonly CancellationTokenSource _cancelled = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private int _stopping;

    /// <summary>The replies that are being made.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using Reply reply = new(this, cancellationToken);
        IChatClient chat = await runtime.ChatAsync(reply.Token).ConfigureAwait(false);
        return await chat.GetResponseAsync(messages, options, reply.Token).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using Reply reply = new(this, cancellationToken);
        IChatClient chat = await runtime.ChatAsync(reply.Token).ConfigureAwait(false);
        await foreach (ChatResponseUpdate update in chat.GetStreamingResponseAsync(messages, options, reply.Token).ConfigureAwait(false))
        {
            yield return update;
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is null && serviceType.IsInstanceOfType(this) ? this
            : runtime.IsReady ? runtime.ChatAsync().Result.GetService(serviceType, serviceKey)
            : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _cancelled.Dispose();

    /// <summary>Takes no new requests, waits for those that are being answered, and cancels them when the time is over.</summary>
    /// <returns>The number of replies that were cancelled.</returns>
    public async Task<int> StopAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _stopping, 1);
        if (Running > 0)
        {
            await Task.WhenAny(_drained.Task, Task.Delay(time, cancellationToken)).ConfigureAwait(false);
        }

        int left = Running;
        await _cancelled.CancelAsync().ConfigureAwait(false);
        return left;
    }

    private sealed class Reply : IDisposable
    {
        private readonly HostedChatClient _client;
        private readonly CancellationTokenSource _either;

        public Reply(HostedChatClient client, CancellationToken cancellationToken)
        {
            _client = client;
            Interlocked.Increment(ref client._running);
            if (Volatile.Read(ref client._stopping) == 1)
            {
                Leave();
                throw new OperationCanceledException("The host is stopping; it takes no new requests.");
            }

            _either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, client._cancelled.Token);
        }

        public CancellationToken Token => _either.Token;

        public void Dispose()
        {
            _either.Dispose();
            Leave();
        }

        private void Leave()
        {
            if (Interlocked.Decrement(ref _client._running) == 0 && Volatile.Read(ref _client._stopping) == 1)
            {
                _client._drained.TrySetResult();
            }
        }
    }
}
