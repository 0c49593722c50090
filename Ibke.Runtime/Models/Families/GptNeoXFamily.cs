using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Families;

/// <summary>GPT-NeoX (Pythia): attention and MLP side by side, each after its own layer norm; the rows of queries, keys and values of each head together.</summary>
internal static class GptNeoXFamily
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["GPTNeoXForCausalLM"],
        ReadConfig = Read,
        Names = new WeightNames
        {
            Prefixes = ["gpt_neox.", ""],
            Embedding = "embed_in",
            FinalNorm = "final_layer_norm",
            Output = "embed_out",
            Block = "layers.{0}.",
            AttentionNorm = "input_layernorm",
            QueryKeyValue = "attention.query_key_value",
            QueryKeyValueByHead = true,
            AttentionOutput = "attention.dense",
            MlpNorm = "post_attention_layernorm",
            Up = "mlp.dense_h_to_4h",
            Down = "mlp.dense_4h_to_h",
        },
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        FamilyDefaults defaults = new()
        {
            NormEpsilon = 1e-5f,
            NormEpsilonKey = "layer_norm_eps",
            Activation = Activation.Gelu,
            Rope = (contextLength, headSize) => new RopeDefaults(contextLength, headSize)
            {
                ThetaKey = "rotary_emb_base",
                Part = 0.25,
                PartKey = "rotary_pct",
            },
        };
        TransformerConfig read = SharedConfig.Read(config, defaults);
        bool bias = config.GetBool("attention_bias", true);
        return read with
        {
            KeyValueHeads = read.Heads,
            Norm = NormKind.LayerNorm,
            ParallelBranches = config.GetBool("use_parallel_residual", true),
            QueryKeyValueBias = bias,
            AttentionOutputBias = bias,
            MlpBias = true,
        };
    }
}
