namespace Ibke.Runtime.Generation.Sampling;

/// <summary>x / r where x is positive, x · r where not, for tokens of the prompt and the reply (Keskar et al., CTRL).</summary>
internal sealed class RepetitionPenalty(float penalty) : ILogitAdjustment
{
    public void Apply(Span<float> logits, TokenHistory history)
    {
        foreach (int id in history.Seen)
        {
            logits[id] = logits[id] > 0 ? logits[id] / penalty : logits[id] * penalty;
        }
    }
}
