using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Training.Batches;

/// <summary>
/// Documents of random tokens that are repeated: a network that learns them can copy names and ids it has never seen. Either one pattern is
/// repeated up to the end, or it occurs twice with other tokens between.
/// </summary>
internal sealed class CopyingRows
{
    /// <summary>The length of the shortest document.</summary>
    public const int ShortestLength = 8;

    private const double RepeatedShare = .65;

    /// <summary>The weight of a token that can be known.</summary>
    private const float Weight = .5f;

    private readonly int[] _tokens;

    /// <summary>Takes over the tokens that are drawn from.</summary>
    /// <param name="tokens">At least one; no marks of turns or of ends.</param>
    public CopyingRows(IEnumerable<int> tokens)
    {
        _tokens = [.. tokens];
        ArgumentOutOfRangeException.ThrowIfZero(_tokens.Length, nameof(tokens));
    }

    /// <summary>The next document.</summary>
    /// <param name="random">Draws it.</param>
    /// <param name="longest">The length of the longest document, at least <see cref="ShortestLength"/>; shorter ones come as often.</param>
    public TrainingDocument Next(RandomSource random, int longest)
    {
        int length = Draw(random, ShortestLength, longest + 1);
        if (random.NextDouble() < RepeatedShare)
        {
            int[] pattern = Tokens(random, Draw(random, 2, Math.Max(4, length / 3) + 1));
            return Document([.. Enumerable.Range(0, length).Select(i => pattern[i % pattern.Length])], pattern.Length + 1);
        }

        int[] twice = Tokens(random, Draw(random, 2, length / 2));
        int[] between = Tokens(random, Draw(random, 0, length - (2 * twice.Length) + 1));
        return Document([.. twice, .. between, .. twice], twice.Length + between.Length + 1);
    }

    // The first token of a repetition cannot be known, those after it can.
    private static TrainingDocument Document(int[] ids, int known)
    {
        float[] weights = new float[ids.Length];
        weights.AsSpan(known).Fill(Weight);
        return new TrainingDocument(ids, weights);
    }

    private int[] Tokens(RandomSource random, int count)
    {
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++)
        {
            tokens[i] = _tokens[Draw(random, 0, _tokens.Length)];
        }

        return tokens;
    }

    private static int Draw(RandomSource random, int from, int below) => from + (int)(random.NextDouble() * (below - from));
}
