using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>Granite: Llama with a factor for embeddings, for scores of attention, for both branches, and for logits.</summary>
internal static class GraniteFamily
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["GraniteForCausalLM"],
        ReadConfig = Read,
        Names = WeightNames.Llama,
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        bool bias = config.GetBool("attention_bias", false);
        return SharedConfig.Read(config, new FamilyDefaults()) with
        {
            EmbeddingScale = config.GetFloat("embedding_multiplier", 1),
            ResidualScale = config.GetFloat("residual_multiplier", 1),
            QueryKeyValueBias = bias,
            AttentionOutputBias = bias,
            AttentionScale = config.GetFloat("attention_multiplier", 1),
            MlpBias = config.GetBool("mlp_bias", false),
            LogitScale = 1 / config.GetFloat("logits_scaling", 1),
        };
    }
}
