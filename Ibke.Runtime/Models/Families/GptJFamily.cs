using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Families;

/// <summary>GPT-J: attention and MLP side by side after one layer norm; part of each head turned, neighbours in pairs.</summary>
internal static class GptJFamily
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["GPTJForCausalLM"],
        ReadConfig = Read,
        Names = new WeightNames
        {
            Prefixes = ["transformer.", ""],
            Embedding = "wte",
            FinalNorm = "ln_f",
            Output = "lm_head",
            Block = "h.{0}.",
            AttentionNorm = "ln_1",
            Query = "attn.q_proj",
            Key = "attn.k_proj",
            Value = "attn.v_proj",
            AttentionOutput = "attn.out_proj",
            Up = "mlp.fc_in",
            Down = "mlp.fc_out",
        },
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        Unsupported.Require(config, "rotary", true, missing: true);
        int hidden = config.GetInt("n_embd", 4096);
        int heads = config.GetInt("n_head", 16);
        int context = config.GetInt("n_positions", 2048);
        return new TransformerConfig
        {
            HiddenSize = hidden,
            Layers = config.GetInt("n_layer", 28),
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = heads > 0 ? hidden / heads : 0,
            IntermediateSize = config.GetInt("n_inner", 4 * hidden),
            VocabularySize = config.GetInt("vocab_size"),
            ContextLength = context,
            NormEpsilon = config.GetFloat("layer_norm_epsilon", 1e-5f),
            Activation = ActivationReader.Read(config, "activation_function", Activation.GeluTanh),
            Rope = new RopeSettings { Size = config.GetIntOrNull("rotary_dim", 64), Interleaved = true, OriginalContextLength = context },
            TiedEmbeddings = config.GetBool("tie_word_embeddings", false),
            Norm = NormKind.LayerNorm,
            ParallelBranches = true,
            MlpBias = true,
            OutputBias = true,
        };
    }
}
