using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Families;

/// <summary>Phi 1, 1.5 and 2: attention and MLP side by side after one layer norm, biases everywhere, part of each head turned.</summary>
internal static class PhiFamily
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["PhiForCausalLM"],
        ReadConfig = Read,
        Names = new WeightNames
        {
            Prefixes = ["model.", ""],
            Embedding = "embed_tokens",
            FinalNorm = "final_layernorm",
            Output = "lm_head",
            Block = "layers.{0}.",
            AttentionNorm = "input_layernorm",
            Query = "self_attn.q_proj",
            Key = "self_attn.k_proj",
            Value = "self_attn.v_proj",
            QueryNorm = "self_attn.q_layernorm",
            KeyNorm = "self_attn.k_layernorm",
            AttentionOutput = "self_attn.dense",
            Up = "mlp.fc1",
            Down = "mlp.fc2",
        },
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        FamilyDefaults defaults = new()
        {
            NormEpsilon = 1e-5f,
            NormEpsilonKey = "layer_norm_eps",
            Activation = Activation.GeluTanh,
            Rope = (contextLength, headSize) => new RopeDefaults(contextLength, headSize) { Part = 0.5 },
        };
        return SharedConfig.Read(config, defaults) with
        {
            Norm = NormKind.LayerNorm,
            ParallelBranches = true,
            QueryKeyNorm = config.GetBool("qk_layernorm", false) ? QueryKeyNorm.EachHead : QueryKeyNorm.None,
            QueryKeyValueBias = true,
            AttentionOutputBias = true,
            MlpBias = true,
            OutputBias = true,
        };
    }
}
