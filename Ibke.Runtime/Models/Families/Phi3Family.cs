using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>Phi 3 and 4: Llama with one matrix for queries, keys and values, one for gate and MLP, and LongRoPE.</summary>
internal static class Phi3Family
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["Phi3ForCausalLM"],
        ReadConfig = Read,
        Names = WeightNames.Llama with { QueryKeyValue = "self_attn.qkv_proj", GateUp = "mlp.gate_up_proj" },
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        // Published files have an attention_bias, which says nothing: there are no biases, whatever it is.
        TransformerConfig read = SharedConfig.Read(config, new FamilyDefaults
        {
            ContextLength = 4096,
            NormEpsilon = 1e-5f,
            Rope = (contextLength, headSize) => new RopeDefaults(contextLength, headSize) { OriginalContextLength = 4096, YarnMeansLongRope = true },
        });
        return read.WithWindow(config.GetIntOrNull("sliding_window", null));
    }
}
