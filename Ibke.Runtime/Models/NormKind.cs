namespace Ibke.Runtime.Models;

/// <summary>What the norms of a model compute.</summary>
public enum NormKind
{
    /// <summary>x / √(mean(x²) + ε) · w.</summary>
    Rms,

    /// <summary>x / √(mean(x²) + ε) · (w + 1).</summary>
    RmsPlusOne,

    /// <summary>(x − mean) / √(variance + ε) · w + b.</summary>
    LayerNorm,

    /// <summary>(x − mean) / √(variance + ε) · w.</summary>
    LayerNormWithoutBias,

    /// <summary>(x − mean) / √(variance + ε).</summary>
    LayerNormWithoutWeights,
}

/// <summary>Which norms queries and keys get, of the same kind as all norms of the model.</summary>
public enum QueryKeyNorm
{
    /// <summary>None.</summary>
    None,

    /// <summary>One over each head.</summary>
    EachHead,

    /// <summary>One over the whole projection, all heads together.</summary>
    WholeProjection,
}
