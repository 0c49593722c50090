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
