using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>Qwen2: Llama with biases on queries, keys and values, and a sliding window that counts only where it is switched on.</summary>
internal static class Qwen2Family
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["Qwen2ForCausalLM"],
        ReadConfig = Read,
        Names = WeightNames.Llama,
    };

    /// <summary>The layers of Qwen2 and Qwen3: those from <c>max_window_layers</c> on slide, or those of <c>layer_types</c>.</summary>
    public static IReadOnlyList<LayerSettings> ReadLayers(ConfigFile config, TransformerConfig read)
    {
        int? window = config.GetBool("use_sliding_window", false) ? config.GetIntOrNull("sliding_window", 4096) : null;
        int first = config.GetInt("max_window_layers", 28);
        Func<int, bool> slides = LayerTypes.ReadSliding(config, read.Layers, layer => layer >= first);
        return window is null ? [] : LayerTypes.Describe(
            read.Layers, layer => new LayerSettings { Rope = read.Rope, Window = slides(layer) ? window : null });
    }

    private static TransformerConfig Read(ConfigFile config)
    {
        TransformerConfig read = SharedConfig.Read(config, new FamilyDefaults { ContextLength = 32768, KeyValueHeads = 32 });
        return read with { QueryKeyValueBias = true, LayerSettings = ReadLayers(config, read) };
    }
}
