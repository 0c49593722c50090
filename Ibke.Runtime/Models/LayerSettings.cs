namespace Ibke.Runtime.Models;

/// <summary>What may differ from layer to layer of a model.</summary>
public sealed record LayerSettings
{
    /// <summary>Position i sees j with i − window &lt; j ≤ i; null sees all before.</summary>
    public int? Window { get; init; }

    /// <summary>The rotary embedding; null turns nothing. Layers that share one share the instance.</summary>
    public RopeSettings? Rope { get; init; }

    /// <summary>Factor of the scores of attention, beside that of the whole model.</summary>
    public float AttentionFactor { get; init; } = 1;

    /// <summary>Whether the MLP is a mixture of experts.</summary>
    public bool HasExperts { get; init; }

    /// <summary>What makes these settings impossible, as the end of a sentence; null where nothing does.</summary>
    internal string? FindProblem() => Window <= 0 ? $"the sliding window is {Window}, but must be positive" : null;
}
