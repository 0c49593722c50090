using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>The families of models that can be loaded. A new family is a declaration in a file of its own, and a line here.</summary>
internal static class ModelFamilies
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ModelFamily> All { get; } =
    [
        Gpt2Family.Declaration,
        GptJFamily.Declaration,
        GptNeoXFamily.Declaration,
        OptFamily.Declaration,
        LlamaFamily.Declaration,
        MistralFamily.Declaration,
        MixtralFamily.Declaration,
        Qwen2Family.Declaration,
        Qwen3Family.Declaration,
        Qwen3MoeFamily.Declaration,
        Gemma2Family.Declaration,
        Gemma3Family.Declaration,
        Gemma3Family.WithImages,
        PhiFamily.Declaration,
        Phi3Family.Declaration,
        Olmo2Family.Declaration,
        GraniteFamily.Declaration,
        SmolLm3Family.Declaration,
        Starcoder2Family.Declaration,
        Cohere2Family.Declaration,
    ];

    /// <summary>The family of an architecture.</summary>
    /// <exception cref="ArgumentException">It is not known.</exception>
    public static ModelFamily Find(string architecture) => All.FirstOrDefault(family => family.Architectures.Contains(architecture))
        ?? throw new ArgumentException($"The architecture '{architecture}' is not known. {Known}", nameof(architecture));

    /// <summary>Reads a configuration and checks that it is possible.</summary>
    /// <exception cref="CheckpointException">The architecture is not known, a value is missing, or values contradict each other.</exception>
    public static TransformerConfig ReadConfig(ConfigFile config)
    {
        IReadOnlyList<string> architectures = config.GetStrings("architectures");
        if (architectures.Count == 0)
        {
            throw new CheckpointException(config.Path, "the key 'architectures' is missing or empty", Known);
        }

        ModelFamily family = All.FirstOrDefault(family => family.Architectures.Contains(architectures[0]))
            ?? throw new CheckpointException(config.Path, $"the architecture '{architectures[0]}' is not known", Known);
        foreach (ConfigFile part in new[] { config, config.TryGetObject("text_config") }.OfType<ConfigFile>())
        {
            Unsupported.RequireMissing(part, "quantization_config");
            Unsupported.RequireMissing(part, "per_layer_config");
            Unsupported.Require(part, "is_causal", true, missing: true);
        }

        TransformerConfig read = family.ReadConfig(config) with { Architecture = architectures[0] };
        return read.FindProblem() is { } problem
            ? throw new CheckpointException(config.Path, problem, "Copy the file again, or correct it.")
            : read;
    }

    private static string Known => $"Known are {string.Join(", ", All.SelectMany(family => family.Architectures))}.";
}
