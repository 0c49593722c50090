using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>Qwen3: Qwen2 with a norm over each head of queries and keys.</summary>
internal static class Qwen3Family
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["Qwen3ForCausalLM"],
        ReadConfig = Read,
        Names = WeightNames.Llama,
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        TransformerConfig read = SharedConfig.Read(config, new FamilyDefaults { ContextLength = 32768, KeyValueHeads = 32, HeadSize = 128 });
        bool bias = config.GetBool("attention_bias", false);
        return read with
        {
            QueryKeyValueBias = bias,
            AttentionOutputBias = bias,
            QueryKeyNorm = QueryKeyNorm.EachHead,
            LayerSettings = Qwen2Family.ReadLayers(config, read),
        };
    }
}
