using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Families;

/// <summary>OPT: learned positions from row 2 on, layer norms before the branches or after their sums, embeddings that may be narrower than the stream.</summary>
internal static class OptFamily
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["OPTForCausalLM"],
        ReadConfig = Read,
        Names = new WeightNames
        {
            Prefixes = ["model.decoder.", "decoder.", ""],
            Embedding = "embed_tokens",
            EmbeddingProjection = "project_in",
            Positions = "embed_positions",
            FinalNorm = "final_layer_norm",
            OutputProjection = "project_out",
            Output = "lm_head",
            Block = "layers.{0}.",
            AttentionNorm = "self_attn_layer_norm",
            Query = "self_attn.q_proj",
            Key = "self_attn.k_proj",
            Value = "self_attn.v_proj",
            AttentionOutput = "self_attn.out_proj",
            MlpNorm = "final_layer_norm",
            Up = "fc1",
            Down = "fc2",
        },
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        int hidden = config.GetInt("hidden_size");
        int heads = config.GetInt("num_attention_heads");
        int embedding = config.GetInt("word_embed_proj_dim", hidden);
        bool normBefore = config.GetBool("do_layer_norm_before", true);
        bool bias = config.GetBool("enable_bias", true);
        return new TransformerConfig
        {
            HiddenSize = hidden,
            Layers = config.GetInt("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = heads > 0 ? hidden / heads : 0,
            IntermediateSize = config.GetInt("ffn_dim"),
            VocabularySize = config.GetInt("vocab_size"),
            ContextLength = config.GetInt("max_position_embeddings", 2048),
            NormEpsilon = 1e-5f,
            Activation = ActivationReader.Read(config, "activation_function", Activation.Relu),
            Rope = null,
            TiedEmbeddings = config.GetBool("tie_word_embeddings", true),
            EmbeddingSize = embedding == hidden ? null : embedding,
            PositionOffset = 2,
            Norm = config.GetBool("layer_norm_elementwise_affine", true) ? NormKind.LayerNorm : NormKind.LayerNormWithoutWeights,
            NormAfterSum = !normBefore,
            FinalNorm = normBefore && !config.GetBool("_remove_final_layer_norm", false),
            QueryKeyValueBias = bias,
            AttentionOutputBias = bias,
            MlpBias = bias,
        };
    }
}
