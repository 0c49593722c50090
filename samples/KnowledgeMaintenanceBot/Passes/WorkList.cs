using Ibke.Samples.KnowledgeMaintenanceBot.Sources;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Passes;

/// <summary>The facts that are to be looked at, each once: first those that changed, then the others, then those that are tried again when their time comes.</summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="keys">Tells facts apart.</param>
/// <param name="clock">For the waits.</param>
/// <param name="mostTries">How often a fact that failed is tried again, until its source changes.</param>
internal sealed class WorkList(FactKeys keys, TimeProvider clock, int mostTries)
{
    private static readonly TimeSpan _shortestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _longestWait = TimeSpan.FromMinutes(10);

    private readonly Lock _using = new();
    private readonly SemaphoreSlim _added = new(0);
    private readonly Queue<string> _changed = new();
    private readonly Queue<string> _others = new();
    private readonly Dictionary<string, string> _listed = [];
    private readonly Dictionary<string, (DateTimeOffset Due, string Question)> _later = [];
    private readonly Dictionary<string, int> _tries = [];

    /// <summary>The facts to be looked at now.</summary>
    public int Count
    {
        get
        {
            lock (_using)
            {
                return _listed.Count;
            }
        }
    }

    /// <summary>Whether there is something to do now.</summary>
    public bool IsDue
    {
        get
        {
            lock (_using)
            {
                return _listed.Count > 0 || _later.Values.Any(later => later.Due <= clock.GetUtcNow());
            }
        }
    }

    /// <summary>Whether facts are to be looked at again later.</summary>
    public bool HasLater
    {
        get
        {
            lock (_using)
            {
                return _later.Count > 0;
            }
        }
    }

    /// <summary>Lists facts; those that changed go before all others.</summary>
    public void Add(IEnumerable<string> questions, bool changed)
    {
        lock (_using)
        {
            foreach (string question in questions)
            {
                string key = keys.Of(question);
                _later.Remove(key);
                // One that is listed among the others moves forward; its old place is passed over.
                if (_listed.TryAdd(key, question) || changed)
                {
                    (changed ? _changed : _others).Enqueue(key);
                }

                if (changed)
                {
                    _tries.Remove(key);
                }
            }
        }

        _added.Release();
    }

    /// <summary>Lists a fact for later.</summary>
    public void AddLater(string question, TimeSpan wait)
    {
        lock (_using)
        {
            Postpone(question, wait);
        }
    }

    /// <summary>Lists a fact that failed for another try: after 2 s, then 4, up to 10 minutes, until it was tried often enough.</summary>
    public void TryAgain(string question)
    {
        string key = keys.Of(question);
        lock (_using)
        {
            int tries = _tries[key] = _tries.GetValueOrDefault(key) + 1;
            if (tries <= mostTries)
            {
                Postpone(question, TimeSpan.FromTicks(Math.Min(_longestWait.Ticks, _shortestWait.Ticks << Math.Min(tries - 1, 20))));
            }
        }
    }

    /// <summary>A fact is right; its tries are forgotten.</summary>
    public void Settle(string question)
    {
        lock (_using)
        {
            _tries.Remove(keys.Of(question));
        }
    }

    /// <summary>Takes the next facts; none where there is nothing to do now.</summary>
    public IReadOnlyList<string> Take(int most)
    {
        lock (_using)
        {
            foreach ((string key, (_, string question)) in _later.Where(later => later.Value.Due <= clock.GetUtcNow()).ToList())
            {
                _later.Remove(key);
                _listed.TryAdd(key, question);
                _others.Enqueue(key);
            }

            List<string> taken = [];
            while (taken.Count < most && (_changed.TryDequeue(out string? key) || _others.TryDequeue(out key)))
            {
                if (_listed.Remove(key, out string? question))
                {
                    taken.Add(question);
                }
            }

            return taken;
        }
    }

    /// <summary>Waits until facts are added, or for a time.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken) => _added.WaitAsync(longest, cancellationToken);

    private void Postpone(string question, TimeSpan wait)
    {
        string key = keys.Of(question);
        if (!_listed.ContainsKey(key))
        {
            _later[key] = (clock.GetUtcNow() + wait, question);
        }
    }
}
