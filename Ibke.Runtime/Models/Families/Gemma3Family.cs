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

    private static TransformerConfig Read(ConfigFile config)
    {
        Unsupported.Require(config, "use_bidirectional_attention", false, missing: false);
        TransformerConfig read = Gemma2Family.ReadShared(config, new FamilyDefaults
        {
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
