using System.Globalization;
using System.Text;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;

namespace Ibke.Runtime.Training.LanguageModels;

/// <summary>A file that was trained on.</summary>
/// <param name="Name">What it is called in reports.</param>
/// <param name="Lines">How many lines it has.</param>
internal sealed record TrainedFile(string Name, int Lines);

/// <summary>The card of a trained model: what it is, what it was trained on and how it went, and the recipe that makes it again.</summary>
internal static class ModelReadme
{
    private const string FileName = "README.md";

    /// <summary>Writes the card, unless somebody has written one already.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="text">The card.</param>
    public static void Write(string folder, string text)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            WholeFile.Write(path, text);
        }
    }

    /// <summary>The card.</summary>
    /// <param name="name">What the model is called.</param>
    /// <param name="recipe">What it was trained by; names files, not their folders.</param>
    /// <param name="config">The network.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="files">The files of the recipe.</param>
    /// <param name="last">The last report.</param>
    public static string Of(
        string name, TrainingRecipe recipe, TransformerConfig config, Checkpoint weights, IReadOnlyList<TrainedFile> files, TrainingProgress last)
    {
        long parameters = weights.Names.Sum(tensor => weights.Get(tensor).Shape.Count);
        string start = recipe.StartFrom is { } from ? $"trained on from the model `{from}`" : "trained from random weights";
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# {name}\n\nA language model of {parameters:N0} parameters, {start} by `ibke train-model`.\n\n");
        text.Append("| | |\n| --- | --- |\n");
        AddRow(text, "network", string.Create(
            CultureInfo.InvariantCulture,
            $"{config.Architecture}: {config.Layers} layers, hidden size {config.HiddenSize}, MLP {config.IntermediateSize}, {config.Heads} heads of {config.HeadSize}, {config.KeyValueHeads} for keys and values"));
        AddRow(text, "context", string.Create(CultureInfo.InvariantCulture, $"{config.ContextLength:N0} tokens"));
        AddRow(text, "vocabulary", string.Create(CultureInfo.InvariantCulture, $"{config.VocabularySize:N0} tokens"));
        AddRow(text, "weights", $"bfloat16, SHA-256 `{weights.ContentHash}`");
        AddTraining(text, recipe, files, last);
        text.Append("\n## Recipe\n\nThe same recipe and files give the same weights.\n\n```json\n").Append(recipe.ToJson()).Append("\n```\n");
        return text.ToString();
    }

    private static void AddTraining(StringBuilder text, TrainingRecipe recipe, IReadOnlyList<TrainedFile> files, TrainingProgress last)
    {
        text.Append(
            CultureInfo.InvariantCulture,
            $"\n## Training\n\n{last.Steps:N0} steps of about {recipe.TokensPerStep:N0} tokens, {(int)last.Elapsed.TotalHours} h {last.Elapsed.Minutes:00} min; the loss at the end was {last.Loss:0.000}.\n\n");
        text.Append("| file | lines | replies wholly right at the end, before they were learned |\n| --- | --- | --- |\n");
        foreach (TrainedFile file in files)
        {
            string right = last.RightReplies.TryGetValue(file.Name, out double share) ? string.Create(CultureInfo.InvariantCulture, $"{share:P1}") : "none seen";
            text.Append(CultureInfo.InvariantCulture, $"| {file.Name} | {file.Lines:N0} | {right} |\n");
        }

        text.Append("\nThese shares are of the data it was trained on, over the last steps. They say nothing of wordings that it has never seen.\n");
    }

    private static void AddRow(StringBuilder text, string name, string value) => text.Append(CultureInfo.InvariantCulture, $"| {name} | {value} |\n");
}
