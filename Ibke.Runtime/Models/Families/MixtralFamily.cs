using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>Mixtral: Mistral with experts, whose shares always sum to one.</summary>
internal static class MixtralFamily
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["MixtralForCausalLM"],
        ReadConfig = Read,
        Names = WeightNames.Llama with
        {
            Router = "block_sparse_moe.gate",
            Expert = "block_sparse_moe.experts.{0}.",
            ExpertGate = "w1",
            ExpertUp = "w3",
            ExpertDown = "w2",
        },
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        FamilyDefaults defaults = new()
        {
            ContextLength = 131072,
            KeyValueHeads = 8,
            NormEpsilon = 1e-5f,
            Rope = (contextLength, headSize) => new RopeDefaults(contextLength, headSize) { Theta = 1e6 },
        };
        TransformerConfig read = SharedConfig.Read(config, defaults);
        return (read with
        {
            Experts = new ExpertSettings(
                config.GetInt("num_experts", config.GetInt("num_local_experts", 8)), config.GetInt("num_experts_per_tok", 2), read.IntermediateSize, Normalized: true),
        }).WithWindow(config.GetIntOrNull("sliding_window", null));
    }
}
