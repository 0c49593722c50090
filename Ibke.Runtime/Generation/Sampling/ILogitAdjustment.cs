namespace Ibke.Runtime.Generation.Sampling;

/// <summary>Changes logits by what was said before, ahead of the greedy choice and of all filters.</summary>
internal interface ILogitAdjustment
{
    /// <summary>Changes the logits in place.</summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="history">The tokens so far.</param>
    void Apply(Span<float> logits, TokenHistory history);
}
