using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>Cohere 2 (Command R7B): attention and MLP side by side after one layer norm without bias; only layers that slide turn, neighbours in pairs.</summary>
internal static class Cohere2Family
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["Cohere2ForCausalLM"],
        ReadConfig = Read,
        Names = WeightNames.Llama with { MlpNorm = null },
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        Unsupported.Require(config, "use_qk_norm", false, missing: false);
        Unsupported.Require(config, "use_gated_activation", true, missing: true);
        Unsupported.Require(config, "use_parallel_block", true, missing: true);
        Unsupported.Require(config, "position_embedding_type", "rope_gptj");
        TransformerConfig read = SharedConfig.Read(config, new FamilyDefaults
        {
            ContextLength = 8192,
            NormEpsilon = 1e-5f,
            NormEpsilonKey = "layer_norm_eps",
            TiedEmbeddings = true,
            Rope = (contextLength, headSize) => new RopeDefaults(contextLength, headSize) { Interleaved = true },
        });
        bool bias = config.GetBool("attention_bias", false);
        int? window = config.GetIntOrNull("sliding_window", 4096);
        int pattern = config.GetInt("sliding_window_pattern", 4);
        Func<int, bool> slides = LayerTypes.ReadSliding(config, read.Layers, layer => pattern > 0 && (layer + 1) % pattern != 0);
        return read with
        {
            Norm = NormKind.LayerNormWithoutBias,
            ParallelBranches = true,
            QueryKeyValueBias = bias,
            AttentionOutputBias = bias,
            LogitScale = config.GetFloat("logit_scale", 0.0625f),
            LayerSettings = LayerTypes.Describe(read.Layers, layer => slides(layer)
                ? new LayerSettings { Rope = read.Rope, Window = window }
                : new LayerSettings()),
        };
    }
}
