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

    /// <summary>Reads the settings.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="contextLength">Its <c>max_position_embeddings</c>.</param>
    /// <exception cref="CheckpointException">The kind is unknown, or a number it needs is missing.</exception>
    public static RopeSettings Read(ConfigFile config, int contextLength)
    {
        ConfigFile? parameters = config.TryGetObject("rope_parameters");
        float theta = parameters?.GetFloat("rope_theta", 0) is > 0 and float own ? own : config.GetFloat("rope_theta", 10000);
        parameters ??= config.TryGetObject("rope_scaling");
        RopeSettings plain = new() { Theta = theta, OriginalContextLength = contextLength };
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

        int original = parameters.GetInt("original_max_position_embeddings", config.GetInt("original_max_position_embeddings", contextLength));
        return kind switch
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
                Factor = parameters.GetFloat("factor", (float)contextLength / Math.Max(original, 1)),
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
                AttentionFactor = Optional(parameters, "attention_factor"),
                OriginalContextLength = original,
            },
            _ => plain,
        };
    }

    private static double? Optional(ConfigFile parameters, string key) => parameters.Has(key) ? parameters.GetFloat(key) : null;
}
