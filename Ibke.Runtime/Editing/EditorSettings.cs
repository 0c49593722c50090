using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing;

/// <summary>What <c>editor.json</c> says of an editor.</summary>
/// <param name="Path">The file, for messages.</param>
/// <param name="Form">The form of its updates; see <see cref="Formats"/>.</param>
/// <param name="ModelHash">SHA-256 of the weights it was made for, in hexadecimal; null where the file does not say.</param>
/// <param name="FirstLayer">The first layer of the model that it edits.</param>
/// <param name="Layers">The number of layers it edits: from the first on, all of the model's.</param>
/// <param name="HiddenSize">The size of the residual stream.</param>
/// <param name="KeySize">Values of a neuron's key; the hidden size but in recall.</param>
/// <param name="LatentSize">The size of the latent of a token.</param>
/// <param name="NetworkSize">The size of the network's own layers.</param>
/// <param name="Rounds">The most rounds of gradients an edit takes.</param>
internal sealed record EditorSettings(
    string Path, NeuronForm Form, string? ModelHash, int FirstLayer, int Layers, int HiddenSize, int KeySize, int LatentSize, int NetworkSize, int Rounds)
{
    /// <summary>The name of the file in an editor's folder.</summary>
    public const string FileName = "editor.json";

    private const int MostRounds = 16;

    /// <summary>What the file calls the forms.</summary>
    public static IReadOnlyDictionary<NeuronForm, string> Formats { get; } = new Dictionary<NeuronForm, string>
    {
        [NeuronForm.Sparse] = "ibke-neurons", [NeuronForm.Linear] = "ibke-linear", [NeuronForm.Recall] = "ibke-recall",
    };

    /// <summary>Reads the file.</summary>
    /// <exception cref="CheckpointException">It is missing, or a value is missing or impossible.</exception>
    public static EditorSettings Load(string folder)
    {
        ConfigFile file = ConfigFile.TryOpen(folder, FileName) ?? throw new CheckpointException(
            folder, $"there is no editor ({FileName}, editor.safetensors), so the model can chat, but not be edited", "Use an editor that was trained for this model.");
        string format = file.GetString("format");
        if (!Formats.Values.Contains(format))
        {
            throw new CheckpointException(
                file.Path, $"the format '{format}' is unknown", $"Known are {string.Join(", ", Formats.Values.Order(StringComparer.Ordinal))}.");
        }

        NeuronForm form = Formats.First(known => known.Value == format).Key;
        return new EditorSettings(
            file.Path,
            form,
            file.GetString("model_sha256", missing: null),
            FirstLayerOf(file),
            Positive(file, "layers"),
            Positive(file, "d"),
            Positive(file, form == NeuronForm.Recall ? "key_size" : "d"),
            Positive(file, "k"),
            Positive(file, "hidden"),
            Math.Min(Positive(file, "rounds"), MostRounds));
    }

    /// <summary>Refuses a model that the editor was not made for.</summary>
    /// <exception cref="EditorMismatchException">It is another model.</exception>
    public void CheckFits(LanguageModel model)
    {
        // Where the file does not say, the sizes must do; the judge still sees every edit.
        if (ModelHash is not null && !string.Equals(ModelHash, model.ContentHash, StringComparison.OrdinalIgnoreCase))
        {
            throw new EditorMismatchException(
                $"{Path} is an editor of weights with SHA-256 {ModelHash}, but those of {model.Folder} have {model.ContentHash}. "
                + "Use the editor that was trained for this model.");
        }

        if (FirstLayer + Layers != model.Config.Layers || HiddenSize != model.Config.HiddenSize)
        {
            throw new EditorMismatchException(
                $"{Path} is an editor of a model with {FirstLayer + Layers} layers of size {HiddenSize}, "
                + $"but {model.Folder} has {model.Config.Layers} of size {model.Config.HiddenSize}.");
        }
    }

    private static int FirstLayerOf(ConfigFile file)
    {
        int value = file.GetInt("first_layer", missing: 0);
        return value >= 0
            ? value
            : throw new CheckpointException(file.Path, $"'first_layer' is {value}, but layers count from 0", "Correct the value.");
    }

    private static int Positive(ConfigFile file, string key)
    {
        int value = file.GetInt(key);
        return value > 0
            ? value
            : throw new CheckpointException(file.Path, $"'{key}' is {value}, but must be positive", "Correct the value.");
    }
}
