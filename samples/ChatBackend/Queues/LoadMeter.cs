namespace Ibke.Samples.ChatBackend.Queues;

/// <summary>How many tokens are generated a second. Thread-safe.</summary>
internal sealed class LoadMeter(TimeProvider clock)
{
    private const int Seconds = 3;

    private readonly Lock _lock = new();
    private readonly Queue<(long Time, long Tokens)> _recent = new();
    private long _sum;

    /// <summary>Over the last three seconds.</summary>
    public double TokensPerSecond
    {
        get
        {
            lock (_lock)
            {
                Forget();
                return (double)_sum / Seconds;
            }
        }
    }

    /// <summary>Counts tokens that were just generated.</summary>
    public void Add(long tokens)
    {
        lock (_lock)
        {
            Forget();
            _recent.Enqueue((clock.GetTimestamp(), tokens));
            _sum += tokens;
        }
    }

    private void Forget()
    {
        while (_recent.TryPeek(out (long Time, long Tokens) oldest) && clock.GetElapsedTime(oldest.Time) > TimeSpan.FromSeconds(Seconds))
        {
            _sum -= _recent.Dequeue().Tokens;
        }
    }
}
