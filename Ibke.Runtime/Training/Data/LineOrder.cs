using Ibke.Runtime.Generation.Sampling;

namespace Ibke.Runtime.Training.Data;

/// <summary>In which order an epoch reads the lines of a file: shuffled by seed and epoch, the same on every platform.</summary>
internal static class LineOrder
{
    /// <summary>The lines in their order.</summary>
    public static int[] Of(int count, ulong seed, long epoch)
    {
        // The seed of an epoch is a draw of its own, so that neighbouring seeds and epochs have nothing in common.
        RandomSource random = new(new RandomSource(seed).NextBits() ^ new RandomSource(~(ulong)epoch).NextBits());
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i > 0; i--)
        {
            int other = (int)(random.NextDouble() * (i + 1));
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }
}
