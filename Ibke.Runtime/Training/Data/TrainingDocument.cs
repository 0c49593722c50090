namespace Ibke.Runtime.Training.Data;

/// <summary>One sequence that a language model is trained on: its token ids, and how much each of them counts as something to be predicted.</summary>
/// <remarks>
/// The first id is predicted by nothing, so its weight is without effect. Weight 0 is context only. A document is not cut or padded; it is
/// immutable as long as nobody writes to the arrays it was made of.
/// </remarks>
public sealed class TrainingDocument
{
    /// <summary>A document of ids and their weights.</summary>
    /// <param name="ids">At least one token id.</param>
    /// <param name="weights">For each id the factor of its loss as a target: finite, 0 or more.</param>
    /// <param name="kind">What sort of document it is, for scores by kind, or null.</param>
    /// <exception cref="ArgumentException">There is no id, the lengths differ, or a weight or an id is negative or not finite.</exception>
    public TrainingDocument(ReadOnlyMemory<int> ids, ReadOnlyMemory<float> weights, string? kind = null)
    {
        if (ids.IsEmpty)
        {
            throw new ArgumentException("A document needs at least one token.", nameof(ids));
        }

        if (ids.Length != weights.Length)
        {
            throw new ArgumentException($"A document of {ids.Length} tokens has {weights.Length} weights; it needs one for each token.", nameof(weights));
        }

        if (ids.Span.ContainsAnyInRange(int.MinValue, -1))
        {
            throw new ArgumentException("A token id is negative.", nameof(ids));
        }

        foreach (float weight in weights.Span)
        {
            if (!float.IsFinite(weight) || weight < 0)
            {
                throw new ArgumentException($"The weight {weight} is not a finite number of 0 or more.", nameof(weights));
            }
        }

        Ids = ids;
        Weights = weights;
        Kind = kind;
    }

    /// <summary>The token ids in reading order; at least one.</summary>
    public ReadOnlyMemory<int> Ids { get; }

    /// <summary>For each id of <see cref="Ids"/> the factor of its loss as a target; that of the first id is without effect.</summary>
    public ReadOnlyMemory<float> Weights { get; }

    /// <summary>What sort of document it is, as its file says, or null.</summary>
    public string? Kind { get; }

    /// <summary>The number of ids.</summary>
    public int Length => Ids.Length;

    /// <summary>How many tokens are learned: those after the first whose weight is not 0.</summary>
    public int LearnedTokens
    {
        get
        {
            ReadOnlySpan<float> targets = Weights.Span[1..];
            return targets.Length - targets.Count(0f);
        }
    }
}
