using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>Qwen3 with experts in some layers.</summary>
internal static class Qwen3MoeFamily
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["Qwen3MoeForCausalLM"],
        ReadConfig = Read,
        Names = WeightNames.Llama with
        {
            Router = "mlp.gate",
            Expert = "mlp.experts.{0}.",
            ExpertGate = "gate_proj",
            ExpertUp = "up_proj",
            ExpertDown = "down_proj",
        },
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        TransformerConfig read = SharedConfig.Read(config, new FamilyDefaults { ContextLength = 32768, KeyValueHeads = 4 });
        bool bias = config.GetBool("attention_bias", false);
        int? window = config.GetBool("use_sliding_window", false) ? config.GetIntOrNull("sliding_window", 4096) : null;
        int step = config.GetInt("decoder_sparse_step", 1);
        if (step <= 0)
        {
            throw config.Unusable("decoder_sparse_step", $"it is {step}, but must be positive", "Correct the value.");
        }

        int experts = config.GetInt("num_local_experts", config.GetInt("num_experts", 128)); // files of either form
        HashSet<int> dense = [.. config.GetInts("mlp_only_layers")];
        return read with
        {
            QueryKeyValueBias = bias,
            AttentionOutputBias = bias,
            QueryKeyNorm = QueryKeyNorm.EachHead,
            Experts = experts == 0 ? null : new ExpertSettings(
                experts,
                config.GetInt("num_experts_per_tok", 8),
                config.GetInt("moe_intermediate_size", 768),
                config.GetBool("norm_topk_prob", false)),
            LayerSettings = LayerTypes.Describe(read.Layers, layer => new LayerSettings
            {
                Rope = read.Rope,
                Window = window,
                HasExperts = experts != 0 && !dense.Contains(layer) && (layer + 1) % step == 0,
            }),
        };
    }
}
