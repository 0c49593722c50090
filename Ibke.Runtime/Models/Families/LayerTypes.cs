using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>Reads which layers of a model differ from the others.</summary>
internal static class LayerTypes
{
    /// <summary>Describes each layer; none where the number of layers is not possible, which is told elsewhere.</summary>
    public static IReadOnlyList<LayerSettings> Describe(int layers, Func<int, LayerSettings> describe) =>
        layers is > 0 and <= TransformerConfig.MostLayers ? [.. Enumerable.Range(0, layers).Select(describe)] : [];

    /// <summary>Says of each layer whether it slides, by <c>layer_types</c> or else by the family's rule.</summary>
    /// <exception cref="CheckpointException">There are not as many types as layers, or one is not known.</exception>
    public static Func<int, bool> ReadSliding(ConfigFile config, int layers, Func<int, bool> rule)
    {
        IReadOnlyList<string> types = config.GetStrings("layer_types");
        if (types.Count == 0)
        {
            return rule;
        }

        if (types.Count != layers)
        {
            throw config.Unusable("layer_types", $"there are {types.Count} types for {layers} layers", "Correct the list.");
        }

        foreach (string type in types)
        {
            if (type is not ("sliding_attention" or "full_attention"))
            {
                throw config.Unusable("layer_types", $"the type '{type}' is not supported", "Supported are sliding_attention and full_attention.");
            }
        }

        return layer => types[layer] == "sliding_attention";
    }
}
