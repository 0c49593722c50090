using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Models.Families;

/// <summary>Refuses options that are known, but that nothing here computes: ignoring one would give other results than the model was trained for.</summary>
internal static class Unsupported
{
    /// <summary>Refuses any truth value but one.</summary>
    /// <exception cref="CheckpointException">It is the other one.</exception>
    public static void Require(ConfigFile config, string key, bool supported, bool missing)
    {
        if (config.GetBool(key, missing) != supported)
        {
            throw Refuse(config, key, supported ? "false" : "true");
        }
    }

    /// <summary>Refuses any text but one; a missing key is fine.</summary>
    /// <exception cref="CheckpointException">It is another one.</exception>
    public static void Require(ConfigFile config, string key, string supported)
    {
        string? found = config.GetString(key, null);
        if (found is not null && found != supported)
        {
            throw Refuse(config, key, $"'{found}'");
        }
    }

    /// <summary>Refuses any value.</summary>
    /// <exception cref="CheckpointException">There is one.</exception>
    public static void RequireMissing(ConfigFile config, string key)
    {
        if (config.Has(key))
        {
            throw Refuse(config, key, "this option");
        }
    }

    private static CheckpointException Refuse(ConfigFile config, string key, string what) =>
        config.Unusable(key, $"{what} is not supported", "Use another model, or one converted to a supported form.");
}
