using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>What <c>editor.json</c> says of an editor.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Form">The form of its updates: <c>ibke-neurons</c> is sparse, <c>ibke-linear</c> linear.</param>
/// <param name="ModelHash">SHA-256 of the weights it was made for, in hexadecimal; null where the file does not say.</param>
/// <param name="Layers">The number of layers it edits, all of the model's.</param>
/// <param name="HiddenSize">The size of the residual stream.</param>
/// <param name="LatentSize">The size of the latent of a token.</param>
/// <param name="NetworkSize">The size of the network's own layers.</param>
/// <param name="Rounds">The most rounds of gradients an edit takes.</param>
internal sealed record EditorSettings(
    string Path, NeuronForm Form, string? ModelHash, int Layers, int HiddenSize, int LatentSize, int NetworkSize, int Rounds)
{
    /// <summary>The name of the file in an editor's folder.</summary>
    public const string FileName = "editor.json";

    private const int MostRounds = 16;

    /// <summary>Reads the file.</summary>
    /// <exception cref="CheckpointException">It is missing, or a value is missing or impossible.</exception>
    public static EditorSettings Load(string folder)
    {
        ConfigFile file = ConfigFile.TryOpen(folder, FileName) ?? throw new CheckpointException(
            folder, $"there is no editor ({FileName}, editor.safetensors), so the model can chat, but not be edited", "Use an editor that was trained for this model.");
        string format = file.GetString("format");
        NeuronForm form = format switch
        {
            "ibke-neurons" => NeuronForm.Sparse,
            "ibke-linear" => NeuronForm.Linear,
            _ => throw new CheckpointException(
                file.Path, $"the format '{format}' is unknown", "Known are ibke-neurons and ibke-linear."),
        };
        return new EditorSettings(
            file.Path,
            form,
            file.GetString("model_sha256", missing: null),
            Positive(file, "layers"),
            Positive(file, "d"),
            Positive(file, "k"),
            Positive(file, "hidden"),
            Math.Min(Positive(file, "rounds"), MostRounds));
    }

    private static int Positive(ConfigFile file, string key)
    {
        int value = file.GetInt(key);
        return value > 0
            ? value
            : throw new CheckpointException(file.Path, $"'{key}' is {value}, but must be positive", "Correct the value.");
    }
}
