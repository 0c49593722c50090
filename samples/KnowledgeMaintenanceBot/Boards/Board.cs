namespace Ibke.Samples.KnowledgeMaintenanceBot.Boards;

/// <summary>Where the bot writes how far it is; views read it.</summary>
/// <remarks>Thread-safe. Listeners are called one after the other, in the order of the events.</remarks>
internal sealed class Board(TimeProvider clock)
{
    private const int KeptEvents = 50;
    private const int KeptRecent = 50;

    private readonly Lock _writing = new();
    private readonly List<Action<BotEvent>> _listeners = [];
    private TaskCompletionSource _changed = NewSignal();
    private volatile BoardState _state = BoardState.Empty;

    /// <summary>The present state.</summary>
    public BoardState State => _state;

    /// <summary>Calls a listener with every event from now on.</summary>
    public void Listen(Action<BotEvent> listener)
    {
        lock (_writing)
        {
            _listeners.Add(listener);
        }
    }

    /// <summary>Changes the state.</summary>
    public void Update(Func<BoardState, BoardState> change)
    {
        TaskCompletionSource waiting;
        lock (_writing)
        {
            _state = change(_state);
            (waiting, _changed) = (_changed, NewSignal());
        }

        waiting.SetResult();
    }

    /// <summary>Says that something happened.</summary>
    public void Tell(string topic, string text, bool isProblem = false)
    {
        BotEvent happened = new(clock.GetLocalNow(), topic, text.ReplaceLineEndings(" "), isProblem);
        lock (_writing)
        {
            _listeners.ForEach(listener => listener(happened));
        }

        Update(state => state with { Events = [.. state.Events.Add(happened).TakeLast(KeptEvents)] });
    }

    /// <summary>Says how far the bot is with a fact.</summary>
    public void Track(TrackedFact fact) => Update(state => state with
    {
        Facts = state.Facts.SetItem(fact.Key, fact),
        Recent = [.. state.Recent.Remove(fact.Key).Add(fact.Key).TakeLast(KeptRecent)],
    });

    /// <summary>Forgets a fact: there is nothing about it any more.</summary>
    public void Forget(string key) => Update(state => state with { Facts = state.Facts.Remove(key), Recent = state.Recent.Remove(key) });

    /// <summary>Waits until the state is as wanted.</summary>
    /// <exception cref="TimeoutException">It was not so in time.</exception>
    public async Task<BoardState> WaitAsync(Func<BoardState, bool> wanted, TimeSpan longest, CancellationToken cancellationToken)
    {
        long start = clock.GetTimestamp();
        while (true)
        {
            Task changed;
            BoardState state;
            lock (_writing)
            {
                (changed, state) = (_changed.Task, _state);
            }

            if (wanted(state))
            {
                return state;
            }

            TimeSpan left = longest - clock.GetElapsedTime(start);
            await changed.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
