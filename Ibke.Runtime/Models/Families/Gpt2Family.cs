using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Families;

/// <summary>GPT-2: learned positions, layer norms, one matrix for queries, keys and values; all matrices stored as [in, out].</summary>
internal static class Gpt2Family
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["GPT2LMHeadModel"],
        ReadConfig = Read,
        Names = new WeightNames
        {
            Prefixes = ["transformer.", ""],
            Embedding = "wte",
            Positions = "wpe",
            FinalNorm = "ln_f",
            Output = "lm_head",
            Block = "h.{0}.",
            AttentionNorm = "ln_1",
            QueryKeyValue = "attn.c_attn",
            AttentionOutput = "attn.c_proj",
            MlpNorm = "ln_2",
            Up = "mlp.c_fc",
            Down = "mlp.c_proj",
            TransposedMatrices = true,
        },
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        Unsupported.Require(config, "add_cross_attention", false, missing: false);
        int hidden = config.GetInt("n_embd", 768);
        int heads = config.GetInt("n_head", 12);
        int layers = config.GetInt("n_layer", 12);
        bool byLayer = config.GetBool("scale_attn_by_inverse_layer_idx", false);
        return new TransformerConfig
        {
            HiddenSize = hidden,
            Layers = layers,
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = heads > 0 ? hidden / heads : 0,
            IntermediateSize = config.GetInt("n_inner", 4 * hidden),
            VocabularySize = config.GetInt("vocab_size"),
            ContextLength = config.GetInt("n_positions", 1024),
            NormEpsilon = config.GetFloat("layer_norm_epsilon", 1e-5f),
            Activation = ActivationReader.Read(config, "activation_function", Activation.GeluTanh),
            Rope = null,
            TiedEmbeddings = config.GetBool("tie_word_embeddings", true),
            Norm = NormKind.LayerNorm,
            QueryKeyValueBias = true,
            AttentionOutputBias = true,
            MlpBias = true,
            AttentionScale = config.GetBool("scale_attn_weights", true) ? null : 1,
            LayerSettings = byLayer ? LayerTypes.Describe(layers, layer => new LayerSettings { AttentionFactor = 1f / (layer + 1) }) : [],
        };
    }
}
