using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>
/// Reads the rotary embedding from a configuration: the classical form (<c>rope_theta</c>, <c>rope_scaling</c> at top level)
/// or the new one (<c>rope_parameters</c>).
/// </summary>
internal static class RopeReader
{
    private static readonly Dictionary<string, RopeKind> _kinds = new(StringComparer.Ordinal)
    {
        ["default"] = RopeKind.Default,
        ["linear"] = RopeKind.Linear,
        ["dynamic"] = RopeKind.Dynamic,
        ["llama3"] = RopeKind.Llama3,
        ["yarn"] = RopeKind.Yarn,
        ["longrope"] = RopeKind.LongRope,
        ["su"] = RopeKind.LongRope,
    };

    /// <summary>Reads the settings: of all layers, or of those that see everything, where layers differ.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="defaults">What the family says where the configuration is silent.</param>
    /// <exception cref="CheckpointException">The kind is unknown, or a number it needs is missing.</exception>
    public static RopeSettings Read(ConfigFile config, RopeDefaults defaults) =>
        Read(config, Parameters(config) ?? config.TryGetObject("rope_scaling"), defaults);

    /// <summary>Reads the settings of layers with a sliding window, which nothing concerns that is not said of them.</summary>
    /// <exception cref="CheckpointException">The kind is unknown, or a number it needs is missing.</exception>
    public static RopeSettings ReadLocal(ConfigFile config, RopeDefaults defaults) =>
        Read(config, config.TryGetObject("rope_parameters")?.TryGetObject("sliding_attention"), defaults);

    // The new form, which has one entry for all layers or one for each type of layers.
    private static ConfigFile? Parameters(ConfigFile config)
    {
        ConfigFile? parameters = config.TryGetObject("rope_parameters");
        bool byType = parameters is not null && parameters.Keys.Any(key => key.EndsWith("_attention", StringComparison.Ordinal));
        return byType ? parameters!.TryGetObject("full_attention") : parameters;
    }

    private static RopeSettings Read(ConfigFile config, ConfigFile? parameters, RopeDefaults defaults)
    {
        double theta = parameters?.GetDouble("rope_theta", 0) is > 0 and double own ? own : config.GetDouble(defaults.ThetaKey, defaults.Theta);
        double part = config.GetDouble(defaults.PartKey, defaults.Part);
        part = parameters?.GetDouble("partial_rotary_factor", part) ?? part;
        int contextLength = defaults.ContextLength;
        RopeSettings plain = new()
        {
            Theta = theta,
            Size = part == 1 ? null : (int)Math.Clamp(defaults.HeadSize * part, int.MinValue, int.MaxValue),
            Interleaved = defaults.Interleaved,
            OriginalContextLength = contextLength,
        };
        if (parameters is null)
        {
            return plain;
        }

        string name = parameters.GetString("rope_type", null) ?? parameters.GetString("type", null) ?? "default";
        if (!_kinds.TryGetValue(name, out RopeKind kind))
        {
            throw new CheckpointException(
                config.Path, $"the rope kind '{name}' is not known", $"Known are {string.Join(", ", _kinds.Keys)}.");
        }

        kind = kind == RopeKind.Yarn && defaults.YarnMeansLongRope ? RopeKind.LongRope : kind;
        // Where a file has the length in both places, that of the top level counts.
        int original = config.GetInt(
            "original_max_position_embeddings",
            defaults.OriginalContextLength ?? parameters.GetInt("original_max_position_embeddings", contextLength));
        return Scaled(parameters, plain, kind, original);
    }

    private static RopeSettings Scaled(ConfigFile parameters, RopeSettings plain, RopeKind kind, int original) =>
        kind switch
        {
            RopeKind.Linear or RopeKind.Dynamic => plain with { Kind = kind, Factor = parameters.GetFloat("factor") },
            RopeKind.Llama3 => plain with
            {
                Kind = kind,
                Factor = parameters.GetFloat("factor"),
                LowFrequencyFactor = parameters.GetFloat("low_freq_factor"),
                HighFrequencyFactor = parameters.GetFloat("high_freq_factor"),
                OriginalContextLength = original,
            },
            RopeKind.Yarn => plain with
            {
                Kind = kind,
                Factor = parameters.GetFloat("factor", (float)plain.OriginalContextLength / Math.Max(original, 1)),
                BetaFast = parameters.GetFloat("beta_fast", 32),
                BetaSlow = parameters.GetFloat("beta_slow", 1),
                Truncate = parameters.GetBool("truncate", true),
                AttentionFactor = Optional(parameters, "attention_factor"),
                MagnitudeScale = Optional(parameters, "mscale"),
                MagnitudeScaleAllDimensions = Optional(parameters, "mscale_all_dim"),
                OriginalContextLength = original,
            },
            RopeKind.LongRope => plain with
            {
                Kind = kind,
                ShortFactors = [.. parameters.GetFloats("short_factor").Select(factor => (double)factor)],
                LongFactors = [.. parameters.GetFloats("long_factor").Select(factor => (double)factor)],
                AttentionFactor = Optional(parameters, "attention_factor") ?? OfFactor(Optional(parameters, "factor"), original),
                OriginalContextLength = original,
            },
            _ => plain,
        };

    // LongRoPE: a factor that is given counts in place of the ratio of the lengths.
    private static double? OfFactor(double? factor, int original) =>
        factor is null || original <= 1 ? null : factor <= 1 ? 1 : Math.Sqrt(1 + Math.Log(factor.Value) / Math.Log(original));

    private static double? Optional(ConfigFile parameters, string key) => parameters.Has(key) ? parameters.GetFloat(key) : null;
}

/// <summary>What a family says of the rotary embedding where a configuration is silent.</summary>
/// <param name="ContextLength"><c>max_position_embeddings</c>.</param>
/// <param name="HeadSize">Values of a head.</param>
internal sealed record RopeDefaults(int ContextLength, int HeadSize)
{
    /// <summary>The base of the wavelengths.</summary>
    public double Theta { get; init; } = 10000;

    /// <summary>The key of the base at top level.</summary>
    public string ThetaKey { get; init; } = "rope_theta";

    /// <summary>The part of a head that is turned.</summary>
    public double Part { get; init; } = 1;

    /// <summary>The key of that part at top level.</summary>
    public string PartKey { get; init; } = "partial_rotary_factor";

    /// <summary>
    /// The length first trained on, where the top level does not give it; null is what stands beside the factors, or else the context length.
    /// </summary>
    public int? OriginalContextLength { get; init; }

    /// <summary>Whether files that say yarn mean LongRoPE.</summary>
    public bool YarnMeansLongRope { get; init; }

    /// <summary>See <see cref="RopeSettings.Interleaved"/>.</summary>
    public bool Interleaved { get; init; }
}
