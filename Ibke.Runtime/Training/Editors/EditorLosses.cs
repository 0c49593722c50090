namespace Ibke.Runtime.Training.Editors;

/// <summary>The losses of a training step, nats a token, without their weights; null where a step had no such prompts.</summary>
/// <param name="Edit">Of the edits' own prompts.</param>
/// <param name="Generality">Of rephrasings (SG).</param>
/// <param name="Conversations">Of questions at the end of conversations (SG).</param>
/// <param name="Locality">KL divergence of unrelated answers from the base model's (IL).</param>
/// <param name="KeptConversations">KL divergence of unrelated conversations (IL).</param>
/// <param name="Latent">KL divergence of a token's latent from a standard normal, nats (ITM).</param>
public sealed record EditorLosses(
    double? Edit, double? Generality, double? Conversations, double? Locality, double? KeptConversations, double? Latent)
{
    /// <summary>The weighted sum that training makes small.</summary>
    public double Total(EditorLossWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return (weights.Edit * (Edit ?? 0)) + (weights.Generality * (Generality ?? 0)) + (weights.Conversations * (Conversations ?? 0))
            + (weights.Locality * (Locality ?? 0)) + (weights.KeptConversations * (KeptConversations ?? 0)) + (weights.Latent * (Latent ?? 0));
    }

    /// <summary>The running mean after a further step.</summary>
    /// <param name="next">The step's losses.</param>
    /// <param name="share">What the step counts, 0 … 1.</param>
    public EditorLosses Smooth(EditorLosses next, double share)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new EditorLosses(
            Mean(Edit, next.Edit),
            Mean(Generality, next.Generality),
            Mean(Conversations, next.Conversations),
            Mean(Locality, next.Locality),
            Mean(KeptConversations, next.KeptConversations),
            Mean(Latent, next.Latent));

        double? Mean(double? mean, double? value) => mean is null || value is null ? value ?? mean : ((1 - share) * mean) + (share * value);
    }
}
