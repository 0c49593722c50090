using System.Runtime.ExceptionServices;

namespace Ibke.Runtime.Cpu;

/// <summary>Divides the rows of a kernel among a fixed set of threads.</summary>
/// <remarks>
/// The partition depends on the number of items and the grain alone, never on the number of threads, so results do not either.
/// Several callers may use one pool at once; a caller that finds the workers busy computes its parts itself.
/// </remarks>
internal sealed class WorkerPool : IDisposable
{
    /// <summary>Rounds a worker looks for work before it sleeps, about 20 microseconds.</summary>
    private const int SpinRounds = 200;

    private readonly object _gate = new();
    private bool _started;
    private Job? _job;
    private int _parked;
    private bool _stopped;

    /// <summary>Makes a pool that computes on the calling thread and <paramref name="threads"/> − 1 more, which start when first needed.</summary>
    public WorkerPool(int threads, InstructionSet? instructions = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        Threads = threads;
        Instructions = instructions ?? InstructionSets.Best;
    }

    /// <summary>The number of threads that compute, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>The instructions that kernels use.</summary>
    public InstructionSet Instructions { get; }

    /// <summary>Calls <paramref name="body"/> for consecutive ranges [from, to) that cover 0 … items, each at most <paramref name="grain"/> long.</summary>
    /// <param name="items">The number of items.</param>
    /// <param name="grain">The most items a range holds; a multiple of it begins every range.</param>
    /// <param name="state">Passed to each call, so that the body can be static.</param>
    /// <param name="body">Computes one range. Ranges run in any order and at the same time. The first exception ends the work and is thrown here.</param>
    public void For<TState>(int items, int grain, TState state, Action<TState, int, int> body)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(grain);
        if (items > grain && Threads > 1 && Volatile.Read(ref _job) is null)
        {
            Job<TState> job = new(items, grain, state, body);
            if (Interlocked.CompareExchange(ref _job, job, null) is null)
            {
                RunWithWorkers(job);
                return;
            }
        }

        for (int from = 0; from < items;)
        {
            int to = grain < items - from ? from + grain : items;
            body(state, from, to);
            from = to;
        }
    }

    /// <summary>Stops the threads. Work that is still asked for is done by the caller alone.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void RunWithWorkers(Job job)
    {
        try
        {
            Wake();
        }
        finally
        {
            // Whatever happened, the caller's memory is in use until every range is done.
            job.Run();
            Volatile.Write(ref _job, null);
            job.WaitForOthers();
        }
    }

    private void Wake()
    {
        Interlocked.MemoryBarrier();
        if (!Volatile.Read(ref _started))
        {
            Start();
        }
        else if (Volatile.Read(ref _parked) > 0)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void Start()
    {
        lock (_gate)
        {
            if (_stopped || _started)
            {
                return;
            }

            Volatile.Write(ref _started, true);
            try
            {
                for (int i = 1; i < Threads; i++)
                {
                    new Thread(Work) { IsBackground = true, Name = $"Ibke worker {i}" }.Start();
                }
            }
            catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
            {
                // The system allows no more threads: those that have started, and the caller, do the work.
            }
        }
    }

    private void Work()
    {
        Job? last = null;
        while (NextJob(last) is { } job)
        {
            job.Run();
            last = job;
        }
    }

    /// <summary>Waits for a job other than the last one; null once the pool has stopped.</summary>
    private Job? NextJob(Job? last)
    {
        for (int round = 0; round < SpinRounds; round++)
        {
            if (Volatile.Read(ref _job) is { } job && job != last)
            {
                return job;
            }

            Thread.SpinWait(8);
        }

        lock (_gate)
        {
            // A caller sets the job first and then looks for sleepers; a worker counts itself first and then looks for the job.
            Interlocked.Increment(ref _parked);
            try
            {
                while (!_stopped)
                {
                    if (Volatile.Read(ref _job) is { } job && job != last)
                    {
                        return job;
                    }

                    Monitor.Wait(_gate);
                }

                return null;
            }
            finally
            {
                Interlocked.Decrement(ref _parked);
            }
        }
    }

    /// <summary>Ranges that are taken one by one by whoever is free.</summary>
    private abstract class Job(int items, int grain)
    {
        private readonly int _ranges = (int)(((long)items + grain - 1) / grain);
        private int _next;
        private int _finished;
        private ExceptionDispatchInfo? _failure;

        /// <summary>Computes ranges until none is left.</summary>
        public void Run()
        {
            int range;
            while ((range = Interlocked.Increment(ref _next) - 1) < _ranges)
            {
                try
                {
                    if (Volatile.Read(ref _failure) is null)
                    {
                        int from = range * grain;
                        Compute(from, grain < items - from ? from + grain : items);
                    }
                }
                catch (Exception exception)
                {
                    Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
                }
                finally
                {
                    Interlocked.Increment(ref _finished);
                }
            }
        }

        /// <summary>Waits for the ranges that others have begun, then throws what a body has thrown.</summary>
        public void WaitForOthers()
        {
            SpinWait spin = default;
            while (Volatile.Read(ref _finished) < _ranges)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }

            _failure?.Throw();
        }

        /// <summary>Computes one range.</summary>
        protected abstract void Compute(int from, int to);
    }

    private sealed class Job<TState>(int items, int grain, TState state, Action<TState, int, int> body) : Job(items, grain)
    {
        protected override void Compute(int from, int to) => body(state, from, to);
    }
}
