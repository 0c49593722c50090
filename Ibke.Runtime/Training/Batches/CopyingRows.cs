using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Training.Batches;

/// <summary>
/// Documents of random tokens that are repeated: a network that learns them can copy names and ids it has never seen. Either one pattern is
/// repeated up to the end, or it occurs twice with other tokens between.
/// </summary>
internal sealed class CopyingRows
{
    private const double RepeatedShare = .65;

    /// <summary>The weight of a token that can be known.</summary>
    private const float Weight = .5f;

    /// <summary>Documents are drawn of these lengths, each as often.</summary>
    private static readonly int[] _lengths = [32, 32, 32, 96];

    private readonly int[] _tokens;

    /// <summary>Takes over the tokens that are drawn from.</summary>
    /// <param name="tokens">At least one; no marks of turns or of ends.</param>
    public CopyingRows(IEnumerable<int> tokens)
    {
        _tokens = [.. tokens];
        ArgumentOutOfRangeException.ThrowIfZero(_tokens.Length, nameof(tokens));
    }

    /// <summary>The next document.</summary>
    public TrainingDocument Next(RandomSource random)
    {
        int length = _lengths[Draw(random, 0, _lengths.Length)];
        if (random.NextDouble() < RepeatedShare)
        {
            int[] pattern = Tokens(random, Draw(random, 3, length / 3));
            return Document([.. Enumerable.Range(0, length).Select(i => pattern[i % pattern.Length])], pattern.Length + 1);
        }

        int[] twice = Tokens(random, Draw(random, 4, (length / 2) - 2));
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
