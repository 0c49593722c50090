using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>Gemma 3, its text model: Gemma 2 with norms of queries and keys, no cap of scores, and another rotary embedding for layers that slide.</summary>
internal static class Gemma3Family
{
    /// <summary>The text model alone.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["Gemma3ForCausalLM"],
        ReadConfig = Read,
        Names = Gemma2Family.Names,
    };

    /// <summary>The published form that also sees images, of which the text model is loaded: texts alone can be given.</summary>
    public static ModelFamily WithImages { get; } = new()
    {
        Architectures = ["Gemma3ForConditionalGeneration"],
        ReadConfig = config => Read(config.TryGetObject("text_config")
            ?? throw config.Unusable("text_config", "it is missing", "Copy the file again.")),
        Names = Gemma2Family.Names with
        {
            Prefixes = ["language_model.model.", "model.language_model."],
            Output = "language_model.lm_head",
        },
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        Unsupported.Require(config, "use_bidirectional_attention", false, missing: false);
        TransformerConfig read = Gemma2Family.ReadShared(config, new FamilyDefaults
        {
            Sizes = new SizeDefaults(HiddenSize: 2304, Layers: 26, Heads: 8, IntermediateSize: 9216, VocabularySize: 262208),
            ContextLength = 131072,
            Rope = (contextLength, headSize) => new RopeDefaults(contextLength, headSize) { Theta = 1e6 },
        });
        int? window = config.GetIntOrNull("sliding_window", 4096);
        int pattern = config.GetInt("sliding_window_pattern", 6);
        Func<int, bool> slides = LayerTypes.ReadSliding(config, read.Layers, layer => pattern > 0 && (layer + 1) % pattern != 0);
        RopeSettings local = RopeReader.ReadLocal(config, new RopeDefaults(read.ContextLength, read.HeadSize) { ThetaKey = "rope_local_base_freq" });
        return read with
        {
            QueryKeyNorm = QueryKeyNorm.EachHead,
            LogitSoftCap = config.GetFloatOrNull("final_logit_softcapping", null),
            LayerSettings = LayerTypes.Describe(read.Layers, layer => slides(layer)
                ? new LayerSettings { Rope = local, Window = window }
                : new LayerSettings { Rope = read.Rope }),
        };
    }
}
