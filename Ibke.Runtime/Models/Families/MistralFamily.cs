using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>Mistral: Llama with a sliding window on every layer.</summary>
internal static class MistralFamily
{
    /// <summary>The declaration.</summary>
    public static ModelFamily Declaration { get; } = new()
    {
        Architectures = ["MistralForCausalLM"],
        ReadConfig = Read,
        Names = WeightNames.Llama,
    };

    private static TransformerConfig Read(ConfigFile config)
    {
        TransformerConfig read = SharedConfig.Read(config, new FamilyDefaults { ContextLength = 131072, KeyValueHeads = 8 });
        return read.WithWindow(config.GetIntOrNull("sliding_window", 4096));
    }
}
