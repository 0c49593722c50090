using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Families;

/// <summary>Gemma 2: norms before and after each branch that multiply by w + 1, scaled embeddings, capped scores, every other layer with a sliding window.</summary>
internal static class Gemma2Family
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["Gemma2ForCausalLM"],
        ReadConfig = Read,
        Names = Names,
    };

    /// <summary>The names of Gemma 2 and 3.</summary>
    public static WeightNames Names => WeightNames.Llama with
    {
        AttentionOutputNorm = "post_attention_layernorm",
        MlpNorm = "pre_feedforward_layernorm",
        MlpOutputNorm = "post_feedforward_layernorm",
    };

    /// <summary>What Gemma 2 and 3 have in common.</summary>
    public static TransformerConfig ReadShared(ConfigFile config, FamilyDefaults defaults)
    {
        TransformerConfig read = SharedConfig.Read(config, defaults with
        {
            KeyValueHeads = 4,
            HeadSize = 256,
            Activation = Activation.GeluTanh,
            ActivationKey = "hidden_activation",
            TiedEmbeddings = true,
        });
        bool bias = config.GetBool("attention_bias", false);
        return read with
        {
            EmbeddingScale = MathF.Sqrt(read.HiddenSize),
            Norm = NormKind.RmsPlusOne,
            QueryKeyValueBias = bias,
            AttentionOutputBias = bias,
            AttentionScale = 1 / MathF.Sqrt(config.GetFloat("query_pre_attn_scalar", 256)),
        };
    }

    private static TransformerConfig Read(ConfigFile config)
    {
        Unsupported.Require(config, "use_bidirectional_attention", false, missing: false);
        TransformerConfig read = ReadShared(config, new FamilyDefaults { ContextLength = 8192 });
        int? window = config.GetIntOrNull("sliding_window", 4096);
        Func<int, bool> slides = LayerTypes.ReadSliding(config, read.Layers, layer => layer % 2 == 0);
        return read with
        {
            AttentionSoftCap = config.GetFloatOrNull("attn_logit_softcapping", 50),
            LogitSoftCap = config.GetFloatOrNull("final_logit_softcapping", 30),
            LayerSettings = LayerTypes.Describe(
                read.Layers, layer => new LayerSettings { Rope = read.Rope, Window = slides(layer) ? window : null }),
        };
    }
}
