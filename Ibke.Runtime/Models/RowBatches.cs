namespace Ibke.Runtime.Models;

/// <summary>Shares sequences out among passes through a model.</summary>
internal static class RowBatches
{
    /// <summary>Batches in the order of the sequences; one that is longer than a batch is a batch of its own.</summary>
    /// <typeparam name="T">What stands for a sequence.</typeparam>
    /// <param name="sequences">The sequences; enumerated once, as far as batches are asked for.</param>
    /// <param name="rows">The rows of a sequence.</param>
    /// <param name="atOnce">A batch has at most so many rows.</param>
    public static IEnumerable<IReadOnlyList<T>> Of<T>(IEnumerable<T> sequences, Func<T, int> rows, int atOnce)
    {
        List<T> batch = [];
        int filled = 0;
        foreach (T sequence in sequences)
        {
            int more = rows(sequence);
            if (batch.Count > 0 && filled + more > atOnce)
            {
                yield return batch;
                (batch, filled) = ([], 0);
            }

            batch.Add(sequence);
            filled += more;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }
}
