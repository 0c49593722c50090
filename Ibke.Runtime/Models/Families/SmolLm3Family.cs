using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>SmolLM3: Llama in which some layers turn nothing; those are also the ones that slide, where sliding is switched on.</summary>
internal static class SmolLm3Family
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["SmolLM3ForCausalLM"],
        ReadConfig = Read,
        Names = WeightNames.Llama,
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        TransformerConfig read = SharedConfig.Read(config, new FamilyDefaults
        {
            ContextLength = 32768,
            KeyValueHeads = 4,
            TiedEmbeddings = true,
            Rope = (contextLength, headSize) => new RopeDefaults(contextLength, headSize) { Theta = 2e6 },
        });
        bool bias = config.GetBool("attention_bias", false);
        int? window = config.GetBool("use_sliding_window", false) ? config.GetIntOrNull("sliding_window", null) : null;
        Func<int, bool> turns = ReadTurning(config, read.Layers);
        Func<int, bool> slides = LayerTypes.ReadSliding(config, read.Layers, layer => !turns(layer));
        return read with
        {
            QueryKeyValueBias = bias,
            AttentionOutputBias = bias,
            MlpBias = config.GetBool("mlp_bias", false),
            LayerSettings = LayerTypes.Describe(read.Layers, layer => new LayerSettings
            {
                Rope = turns(layer) ? read.Rope : null,
                Window = slides(layer) ? window : null,
            }),
        };
    }

    // In the list 1 means that a layer turns, despite its name.
    private static Func<int, bool> ReadTurning(ConfigFile config, int layers)
    {
        IReadOnlyList<int> list = config.GetInts("no_rope_layers");
        int interval = config.GetInt("no_rope_layer_interval", 4);
        if (list.Count == 0)
        {
            return layer => interval <= 0 || (layer + 1) % interval != 0;
        }

        return list.Count >= layers
            ? layer => list[layer] != 0
            : throw config.Unusable("no_rope_layers", $"there are {list.Count} entries for {layers} layers", "Correct the list.");
    }
}
