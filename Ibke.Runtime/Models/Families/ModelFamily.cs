using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>What is particular to a family of published models: how its configuration is read and what its tensors are called.</summary>
internal sealed record ModelFamily
{
    /// <summary>The entries of <c>architectures</c> in <c>config.json</c> that mean this family.</summary>
    public required IReadOnlyList<string> Architectures { get; init; }

    /// <summary>Reads a configuration, with the family's defaults for what is missing.</summary>
    public required Func<ConfigFile, TransformerConfig> ReadConfig { get; init; }

    /// <summary>The names of its tensors.</summary>
    public required WeightNames Names { get; init; }
}

/// <summary>The names of a family's tensors, without <c>.weight</c> and <c>.bias</c>.</summary>
internal sealed record WeightNames
{
    /// <summary>The embedding.</summary>
    public required string Embedding { get; init; }

    /// <summary>The final norm.</summary>
    public required string FinalNorm { get; init; }

    /// <summary>The output matrix, which a tied model does not have.</summary>
    public required string Output { get; init; }

    /// <summary>The beginning of the names of a block, with <c>{0}</c> for its number. All that follow come after it.</summary>
    public required string Block { get; init; }

    /// <summary>The norm before attention.</summary>
    public required string AttentionNorm { get; init; }

    /// <summary>The query projection.</summary>
    public required string Query { get; init; }

    /// <summary>The key projection.</summary>
    public required string Key { get; init; }

    /// <summary>The value projection.</summary>
    public required string Value { get; init; }

    /// <summary>The projection out of attention.</summary>
    public required string AttentionOutput { get; init; }

    /// <summary>The norm before the MLP.</summary>
    public required string MlpNorm { get; init; }

    /// <summary>The gate of the MLP.</summary>
    public required string Gate { get; init; }

    /// <summary>The projection into the MLP.</summary>
    public required string Up { get; init; }

    /// <summary>The projection out of the MLP.</summary>
    public required string Down { get; init; }
}
