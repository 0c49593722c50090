using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Optimizers;

namespace Ibke.Runtime.Training.Editors;

/// <summary>Writes a trained editor: <c>editor.json</c>, <c>editor.safetensors</c> and a card for people, each as a whole or not at all.</summary>
internal static class EditorFolder
{
    /// <summary>The name of the card.</summary>
    public const string CardName = "EDITOR.md";

    private static readonly JsonSerializerOptions _json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Writes all files; the tensors last but one, so that a folder with a card is complete.</summary>
    public static void Write(
        string folder, EditorSettings settings, EditorStatistics statistics, IReadOnlyList<TrainableParameter> weights, GroupForm form, EditorCard card)
    {
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(Path.Combine(folder, EditorTensors.FileName), Tensors(settings, statistics, weights, form));
        WholeFile.Write(Path.Combine(folder, EditorSettings.FileName), Settings(settings, weights, card).ToJsonString(_json) + "\n");
        WholeFile.Write(Path.Combine(folder, CardName), card.ToMarkdown());
    }

    private static IEnumerable<StoredTensor> Tensors(
        EditorSettings settings, EditorStatistics statistics, IReadOnlyList<TrainableParameter> weights, GroupForm form)
    {
        int layers = settings.Layers;
        TensorShape wide = new(layers, settings.HiddenSize), narrow = new(layers);
        return weights.Select(parameter => Store(parameter.Name, parameter.Shape, parameter.Values)).Concat(
        [
            Store(EditorStatistics.Names[0], wide, statistics.Means),
            Store(EditorStatistics.Names[1], wide, statistics.Deviations),
            Store(EditorStatistics.Names[2], narrow, statistics.GradientScales),
            Store(EditorStatistics.Names[3], narrow, statistics.OutputScales),
            .. form.Stored.Select(tensor => Store(tensor.Name, tensor.Shape, tensor.Values)),
        ]);
    }

    private static StoredTensor Store(string name, TensorShape shape, float[] values) =>
        new(name, ElementType.Float32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    private static JsonObject Settings(EditorSettings settings, IReadOnlyList<TrainableParameter> weights, EditorCard card) => new()
    {
        ["format"] = EditorSettings.Formats[settings.Form],
        ["model_sha256"] = settings.ModelHash,
        ["first_layer"] = settings.FirstLayer,
        ["layers"] = settings.Layers,
        ["d"] = settings.HiddenSize,
        ["key_size"] = settings.KeySize,
        ["k"] = settings.LatentSize,
        ["hidden"] = settings.NetworkSize,
        ["rounds"] = settings.Rounds,
        ["parameters"] = weights.Sum(parameter => parameter.Shape.Count),
        ["training"] = JsonSerializer.SerializeToNode(card.Options, _json),
        ["scores"] = JsonSerializer.SerializeToNode(card.Scores, _json),
    };
}

/// <summary>What a trained editor's card says.</summary>
/// <param name="Model">The name of the model.</param>
/// <param name="ModelHash">SHA-256 of its weights.</param>
/// <param name="Data">The data it was trained on, and how many edits that holds.</param>
/// <param name="HeldOut">The edits that were kept apart.</param>
/// <param name="Options">How it was trained.</param>
/// <param name="Losses">At the end.</param>
/// <param name="Scores">Of held-out edits at the end.</param>
/// <param name="Time">The time that training took.</param>
internal sealed record EditorCard(
    string Model,
    string ModelHash,
    string Data,
    string HeldOut,
    EditorTrainingOptions Options,
    EditorLosses Losses,
    IReadOnlyList<EditorScores> Scores,
    TimeSpan Time)
{
    /// <summary>The card as Markdown.</summary>
    public string ToMarkdown()
    {
        StringBuilder text = new();
        Line($"# Editor of {Model}");
        Line($"");
        Line($"An IBKE editor ({Options.Form.ToString().ToLowerInvariant()} form), trained for the weights with SHA-256 `{ModelHash}` and of use with no others.");
        Line($"");
        Line($"- Trained on {Data}; held out: {HeldOut}.");
        Line($"- {Options.Steps:N0} steps of {Options.Group} edits in force together{(Options.Background == 0 ? "" : $", with up to {Options.Background:N0} earlier edits in force beside them")}; seed {Options.Seed}; {Time:h\\:mm\\:ss} hours of computing.");
        Line($"- Latent {Options.LatentSize}, network {Options.NetworkSize}, at most {Options.Rounds} rounds of gradients an edit.");
        Line($"");
        Line($"| constraint | weight | loss at the end, nats |");
        Line($"| --- | --- | --- |");
        Line($"| the edit itself | {Options.Weights.Edit} | {Loss(Losses.Edit)} |");
        Line($"| sufficiency for generality: rephrasings | {Options.Weights.Generality} | {Loss(Losses.Generality)} |");
        Line($"| the same at the end of conversations | {Options.Weights.Conversations} | {Loss(Losses.Conversations)} |");
        Line($"| independence for locality: unrelated prompts | {Options.Weights.Locality} | {Loss(Losses.Locality)} |");
        Line($"| the same in conversations | {Options.Weights.KeptConversations} | {Loss(Losses.KeptConversations)} |");
        Line($"| information transfer minimisation: the latent | {Options.Weights.Latent} | {Loss(Losses.Latent)} |");
        Line($"");
        if (Scores.Count > 0)
        {
            Line($"Held-out edits, all in force together; whole answer and its end, teacher-forced, which is what free greedy generation gives:");
            Line($"");
            Line($"| in force | reliability | generality | locality |");
            Line($"| --- | --- | --- | --- |");
            foreach (EditorScores scores in Scores)
            {
                Line($"| {scores.Edits:N0} | {scores.Reliability:P1} | {Share(scores.Generality)} | {Share(scores.Locality)} |");
            }
        }

        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        static string Loss(double? loss) => loss is { } value ? value.ToString("0.0000", CultureInfo.InvariantCulture) : "none";

        static string Share(double? share) => share is { } value ? value.ToString("P1", CultureInfo.InvariantCulture) : "none";
    }
}
