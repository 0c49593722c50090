using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>Llama and everything published in its form: RMS norms, rotary embedding, grouped heads, SwiGLU.</summary>
internal static class LlamaFamily
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["LlamaForCausalLM"],
        ReadConfig = Read,
        Names = WeightNames.Llama,
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        bool attentionBias = config.GetBool("attention_bias", false);
        return SharedConfig.Read(config, new FamilyDefaults()) with
        {
            QueryKeyValueBias = attentionBias,
            AttentionOutputBias = attentionBias,
            MlpBias = config.GetBool("mlp_bias", false),
        };
    }
}
