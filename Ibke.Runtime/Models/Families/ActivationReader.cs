using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Models.Families;

/// <summary>Reads the names that published configurations give to <see cref="Activation"/>s.</summary>
internal static class ActivationReader
{
    private static readonly Dictionary<string, Activation> _names = new(StringComparer.Ordinal)
    {
        ["silu"] = Activation.Silu,
        ["swish"] = Activation.Silu,
        ["gelu"] = Activation.Gelu,
        ["gelu_python"] = Activation.Gelu,
        ["gelu_new"] = Activation.GeluTanh,
        ["gelu_fast"] = Activation.GeluTanh,
        ["gelu_pytorch_tanh"] = Activation.GeluTanh,
        ["relu"] = Activation.Relu,
        ["sigmoid"] = Activation.Sigmoid,
        ["tanh"] = Activation.Tanh,
        ["quick_gelu"] = Activation.QuickGelu,
    };

    /// <summary>The activation under a key, or the given one where the key is missing.</summary>
    /// <exception cref="CheckpointException">It is not known.</exception>
    public static Activation Read(ConfigFile config, string key, Activation missing)
    {
        string? name = config.GetString(key, null);
        return name is null ? missing
            : _names.TryGetValue(name, out Activation activation) ? activation
            : throw new CheckpointException(
                config.Path, $"the activation '{name}' under '{key}' is not known", $"Known are {string.Join(", ", _names.Keys)}.");
    }
}
