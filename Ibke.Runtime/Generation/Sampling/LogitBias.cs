namespace Ibke.Runtime.Generation.Sampling;

/// <summary>x[id] += bias[id].</summary>
internal sealed class LogitBias(IReadOnlyDictionary<int, float> bias) : ILogitAdjustment
{
    public void Apply(Span<float> logits, TokenHistory history)
    {
        foreach ((int id, float value) in bias)
        {
            logits[id] += value;
        }
    }
}
