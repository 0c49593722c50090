using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Families;

/// <summary>StarCoder 2: layer norms, an MLP without gate, biases in all linear layers of the blocks, a sliding window on every layer.</summary>
internal static class Starcoder2Family
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["Starcoder2ForCausalLM"],
        ReadConfig = Read,
        Names = WeightNames.Llama with { Gate = null, Up = "mlp.c_fc", Down = "mlp.c_proj" },
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        Unsupported.Require(config, "norm_type", "layer_norm");
        Unsupported.Require(config, "mlp_type", "default");
        bool bias = config.GetBool("use_bias", true);
        TransformerConfig read = SharedConfig.Read(config, new FamilyDefaults
        {
            ContextLength = 4096,
            KeyValueHeads = 2,
            NormEpsilon = 1e-5f,
            NormEpsilonKey = "norm_epsilon",
            Activation = Activation.GeluTanh,
            TiedEmbeddings = true,
        });
        return (read with
        {
            Norm = NormKind.LayerNorm,
            QueryKeyValueBias = bias,
            AttentionOutputBias = bias,
            MlpBias = bias,
        }).WithWindow(config.GetIntOrNull("sliding_window", null));
    }
}
