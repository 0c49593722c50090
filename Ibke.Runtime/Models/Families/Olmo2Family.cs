using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>OLMo 2: norms of what each branch gives rather than of what it takes, and of the whole projections to queries and keys.</summary>
internal static class Olmo2Family
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["Olmo2ForCausalLM"],
        ReadConfig = Read,
        Names = WeightNames.Llama with
        {
            AttentionNorm = null,
            AttentionOutputNorm = "post_attention_layernorm",
            MlpNorm = null,
            MlpOutputNorm = "post_feedforward_layernorm",
        },
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        Unsupported.RequireMissing(config, "clip_qkv");
        bool bias = config.GetBool("attention_bias", false);
        return SharedConfig.Read(config, new FamilyDefaults { NormEpsilon = 1e-5f }) with
        {
            QueryKeyNorm = QueryKeyNorm.WholeProjection,
            QueryKeyValueBias = bias,
            AttentionOutputBias = bias,
        };
    }
}
