using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Families;

/// <summary>Llama and everything published in its form: RMS norms, rotary embedding, grouped heads, SwiGLU.</summary>
internal static class LlamaFamily
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["LlamaForCausalLM"],
        ReadConfig = Read,
        Names = new WeightNames
        {
            Embedding = "model.embed_tokens",
            FinalNorm = "model.norm",
            Output = "lm_head",
            Block = "model.layers.{0}.",
            AttentionNorm = "input_layernorm",
            Query = "self_attn.q_proj",
            Key = "self_attn.k_proj",
            Value = "self_attn.v_proj",
            AttentionOutput = "self_attn.o_proj",
            MlpNorm = "post_attention_layernorm",
            Gate = "mlp.gate_proj",
            Up = "mlp.up_proj",
            Down = "mlp.down_proj",
        },
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        int hidden = config.GetInt("hidden_size");
        int heads = config.GetInt("num_attention_heads");
        int trained = config.GetInt("max_position_embeddings", 2048);
        RopeSettings rope = RopeReader.Read(config, trained);
        return new TransformerConfig
        {
            Architecture = config.GetStrings("architectures")[0],
            HiddenSize = hidden,
            Layers = config.GetInt("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = config.GetInt("num_key_value_heads", heads),
            HeadSize = config.GetInt("head_dim", heads > 0 ? hidden / heads : 0),
            IntermediateSize = config.GetInt("intermediate_size"),
            VocabularySize = config.GetInt("vocab_size"),
            // Dynamic rope is meant to go beyond the trained length; for the other kinds the configuration gives the stretched one.
            ContextLength = rope.Kind == RopeKind.Dynamic ? (int)Math.Min(trained * rope.Factor, int.MaxValue) : trained,
            NormEpsilon = config.GetFloat("rms_norm_eps", 1e-6f),
            Activation = ActivationReader.Read(config, "hidden_act", Activation.Silu),
            Rope = rope,
            TiedEmbeddings = config.GetBool("tie_word_embeddings", false),
            AttentionBias = config.GetBool("attention_bias", false),
            MlpBias = config.GetBool("mlp_bias", false),
        };
    }
}
