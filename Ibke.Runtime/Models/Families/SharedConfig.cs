using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Families;

/// <summary>Reads the keys that most families have in common. A family says what is missing by <see cref="FamilyDefaults"/>, and what differs by <c>with</c>.</summary>
internal static class SharedConfig
{
    /// <summary>Reads a configuration.</summary>
    /// <exception cref="CheckpointException">A value is missing or of the wrong kind.</exception>
    public static TransformerConfig Read(ConfigFile config, FamilyDefaults defaults)
    {
        SizeDefaults? sizes = defaults.Sizes;
        int hidden = Size(config, "hidden_size", sizes?.HiddenSize);
        int heads = Size(config, "num_attention_heads", sizes?.Heads);
        int headSize = config.GetInt("head_dim", defaults.HeadSize ?? (heads > 0 ? hidden / heads : 0));
        int trained = config.GetInt("max_position_embeddings", defaults.ContextLength);
        RopeSettings rope = RopeReader.Read(config, defaults.Rope(trained, headSize));
        return new TransformerConfig
        {
            HiddenSize = hidden,
            Layers = Size(config, "num_hidden_layers", sizes?.Layers),
            Heads = heads,
            KeyValueHeads = config.GetIntOrNull("num_key_value_heads", defaults.KeyValueHeads) ?? heads,
            HeadSize = headSize,
            IntermediateSize = Size(config, "intermediate_size", sizes?.IntermediateSize),
            VocabularySize = Size(config, "vocab_size", sizes?.VocabularySize),
            ContextLength = IsStretched(rope, trained) ? trained : (int)Math.Min(trained * rope.Factor, int.MaxValue),
            NormEpsilon = config.GetFloat(defaults.NormEpsilonKey, defaults.NormEpsilon),
            Activation = ActivationReader.Read(config, defaults.ActivationKey, defaults.Activation),
            Rope = rope,
            TiedEmbeddings = config.GetBool("tie_word_embeddings", defaults.TiedEmbeddings),
        };
    }

    // Dynamic rope is meant to go beyond the length of the configuration, and so is YaRN where that is the original one, as in recipes that
    // add it to a model; everywhere else the configuration gives the stretched length.
    private static bool IsStretched(RopeSettings rope, int length) =>
        rope.Kind != RopeKind.Dynamic && (rope.Kind != RopeKind.Yarn || rope.OriginalContextLength < length);

    private static int Size(ConfigFile config, string key, int? missing) => missing is { } value ? config.GetInt(key, value) : config.GetInt(key);
}

/// <summary>What a family takes for keys that its configuration does not have.</summary>
internal sealed record FamilyDefaults
{
    /// <summary>The sizes of a family that publishes configurations without them; null where they must be given.</summary>
    public SizeDefaults? Sizes { get; init; }

    /// <summary><c>max_position_embeddings</c>.</summary>
    public int ContextLength { get; init; } = 2048;

    /// <summary><c>num_key_value_heads</c>; null is as many as query heads.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary><c>head_dim</c>; null is hidden size / heads.</summary>
    public int? HeadSize { get; init; }

    /// <summary>Added in norms.</summary>
    public float NormEpsilon { get; init; } = 1e-6f;

    /// <summary>Its key.</summary>
    public string NormEpsilonKey { get; init; } = "rms_norm_eps";

    /// <summary>The nonlinearity.</summary>
    public Activation Activation { get; init; } = Activation.Silu;

    /// <summary>Its key.</summary>
    public string ActivationKey { get; init; } = "hidden_act";

    /// <summary><c>tie_word_embeddings</c>.</summary>
    public bool TiedEmbeddings { get; init; }

    /// <summary>The rotary embedding, for a context length and a head size.</summary>
    public Func<int, int, RopeDefaults> Rope { get; init; } = (contextLength, headSize) => new RopeDefaults(contextLength, headSize);
}

/// <summary>Sizes that a configuration may leave out.</summary>
internal sealed record SizeDefaults(int HiddenSize, int Layers, int Heads, int IntermediateSize, int VocabularySize);
