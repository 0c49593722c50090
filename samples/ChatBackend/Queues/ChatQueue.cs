using Ibke.Samples.ChatBackend.Errors;
using Microsoft.Extensions.Options;

namespace Ibke.Samples.ChatBackend.Queues;

/// <summary>
/// Decides whose reply is made next: a fixed number run, the others wait, and callers take turns, so that many requests of one do not hold up
/// another's. The one place that a generator of batches would take over.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ChatQueue(IOptions<BackendOptions> options)
{
    private const int SecondsToRetry = 2;

    private readonly Lock _lock = new();
    private readonly LimitOptions _limits = options.Value.Limits;

    // A caller stands in the line of turns as long as it has requests that wait.
    private readonly Dictionary<string, LinkedList<TaskCompletionSource>> _waiting = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _turns = new();

    /// <summary>Replies that are being made.</summary>
    public int Running { get; private set; }

    /// <summary>Requests that wait.</summary>
    public int Waiting { get; private set; }

    /// <summary>Waits for a turn. Disposing what it returns ends it.</summary>
    /// <exception cref="ApiException">Too many wait already.</exception>
    /// <exception cref="OperationCanceledException">The request was given up; its place is free.</exception>
    public async Task<IDisposable> EnterAsync(string caller, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (Running < _limits.MaxRunning)
            {
                Running++;
                return new Place(this);
            }

            Append(caller, turn);
        }

        await using (cancellationToken.UnsafeRegister(_ => Abandon(caller, turn, cancellationToken), null))
        {
            await turn.Task;
        }

        return new Place(this);
    }

    private void Append(string caller, TaskCompletionSource turn)
    {
        int own = _waiting.GetValueOrDefault(caller)?.Count ?? 0;
        if (Waiting >= _limits.MaxWaiting || own >= _limits.MaxWaitingPerCaller)
        {
            throw new ApiException(
                StatusCodes.Status429TooManyRequests, "rate_limit_error", "Too many requests wait already; try again later.", null, "rate_limit_exceeded")
            {
                RetryAfter = SecondsToRetry,
            };
        }

        if (own == 0)
        {
            _waiting[caller] = [];
            _turns.AddLast(caller);
        }

        _waiting[caller].AddLast(turn);
        Waiting++;
    }

    // One that has its turn already is not found here; it gives its place back itself.
    private void Abandon(string caller, TaskCompletionSource turn, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_waiting.TryGetValue(caller, out LinkedList<TaskCompletionSource>? own) || !own.Remove(turn))
            {
                return;
            }

            Waiting--;
            if (own.Count == 0)
            {
                _waiting.Remove(caller);
                _turns.Remove(caller);
            }
        }

        turn.TrySetCanceled(cancellationToken);
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (_turns.First is not { Value: string caller })
            {
                Running--;
                return;
            }

            _turns.RemoveFirst();
            LinkedList<TaskCompletionSource> own = _waiting[caller];
            TaskCompletionSource next = own.First!.Value;
            own.RemoveFirst();
            Waiting--;
            if (own.Count == 0)
            {
                _waiting.Remove(caller);
            }
            else
            {
                _turns.AddLast(caller);
            }

            // The place goes over to the next one, so the number that run stays.
            next.SetResult();
        }
    }

    private sealed class Place(ChatQueue queue) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                queue.Leave();
            }
        }
    }
}
