namespace Ibke.Runtime.Generation.Sampling;

/// <summary>x −= count · frequency + presence, for tokens of the reply.</summary>
internal sealed class CountPenalty(float frequency, float presence) : ILogitAdjustment
{
    public void Apply(Span<float> logits, TokenHistory history)
    {
        foreach ((int id, int count) in history.Generated)
        {
            logits[id] -= count * frequency + presence;
        }
    }
}
