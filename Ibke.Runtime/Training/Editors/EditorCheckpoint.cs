using System.Runtime.InteropServices;
using System.Text.Json;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Optimizers;

namespace Ibke.Runtime.Training.Editors;

/// <summary>Where a run stands, beside weights, moments and the bank.</summary>
/// <param name="Identity">Identifies options, data and model.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Losses">Their running mean.</param>
/// <param name="Seconds">Time of all steps.</param>
/// <param name="Bank">The facts of the bank's edits, in its order, and their numbers of rows.</param>
internal sealed record EditorTrainingState(
    string Identity, int Step, EditorLosses? Losses, double Seconds, IReadOnlyList<BankedFact> Bank);

/// <summary>An edit of the bank, as a checkpoint names it.</summary>
internal sealed record BankedFact(string? Subject, string? Relation, string Prompt, int Rows);

/// <summary>One file that a run goes on from to the bit. It is written aside and renamed, so that a process that is killed leaves the one before.</summary>
internal static class EditorCheckpoint
{
    /// <summary>The name of the file in the editor's folder.</summary>
    public const string FileName = "training.safetensors";

    private const string StateKey = "state";

    /// <summary>Writes a checkpoint.</summary>
    /// <exception cref="IOException">It cannot be written; an earlier one is unchanged.</exception>
    public static void Write(string path, EditorTrainer trainer, EditorTrainingState state)
    {
        state = state with
        {
            Bank = [.. trainer.Bank.Edits.Select(edit => new BankedFact(edit.Fact.Subject, edit.Fact.Relation, edit.Fact.Prompt, edit.Factors.Rows))],
        };
        SafetensorsWriter.Write(path, Arrays(trainer).Concat(BankArrays(trainer.Bank)).Select(array => new StoredTensor(
            array.Name, ElementType.Float32, new TensorShape(array.Values.Length), MemoryMarshal.AsBytes(array.Values.AsSpan()).ToArray())),
            new Dictionary<string, string> { [StateKey] = JsonSerializer.Serialize(state) });
    }

    /// <summary>Reads where a run stands.</summary>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    public static EditorTrainingState ReadState(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<EditorTrainingState>(SafetensorsFile.Open(path).Metadata[StateKey])!;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            throw Damaged(path, "it does not say where its run stands", e);
        }
    }

    /// <summary>Reads weights, moments and the bank into a trainer of the same options.</summary>
    /// <exception cref="CheckpointException">The file is damaged, or of another network.</exception>
    public static void Read(string path, EditorTrainer trainer, EditorTrainingState state)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        foreach ((string name, float[] values) in Arrays(trainer))
        {
            Take(file, name, values.Length).CopyTo(values, 0);
        }

        foreach (Optimizer optimizer in trainer.Optimizers)
        {
            optimizer.Steps = state.Step;
        }

        int layers = trainer.Layers;
        trainer.Bank.Add(state.Bank.Select((fact, i) => new BankedEdit(
            new EditedFact(fact.Subject, fact.Relation, fact.Prompt),
            new EditFactors(fact.Rows, Layers(i, "inputs"), Layers(i, "values"), Layers(i, "keys"), Layers(i, "thresholds")))));

        float[][] Layers(int edit, string part) =>
        [
            .. Enumerable.Range(0, layers).Select(layer => $"bank.{edit}.{layer}.{part}")
                .Where(file.Tensors.ContainsKey)
                .Select(name => Take(file, name, (int)file.Tensors[name].Shape.Count)),
        ];
    }

    private static IEnumerable<(string Name, float[] Values)> Arrays(EditorTrainer trainer) => trainer.Parameters
        .Select(parameter => ($"weight.{parameter.Name}", parameter.Values))
        .Concat(trainer.Optimizers.SelectMany(optimizer => optimizer.State).Select(pair => (pair.Key, pair.Value)));

    private static IEnumerable<(string Name, float[] Values)> BankArrays(NeuronBank bank) => bank.Edits.SelectMany((edit, i) =>
        new[] { ("inputs", edit.Factors.Inputs), ("values", edit.Factors.Values), ("keys", edit.Factors.Keys), ("thresholds", edit.Factors.Thresholds) }
            .SelectMany(part => part.Item2.Select((values, layer) => ($"bank.{i}.{layer}.{part.Item1}", values))));

    private static float[] Take(SafetensorsFile file, string name, int count)
    {
        if (!file.Tensors.TryGetValue(name, out StoredTensor? stored) || stored.ElementType != ElementType.Float32 || stored.Shape.Count != count)
        {
            throw Damaged(file.Path, $"{name} is missing or has another shape");
        }

        float[] values = new float[count];
        stored.Bytes.CopyTo(0, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static CheckpointException Damaged(string path, string problem, Exception? inner = null) =>
        new(path, $"the checkpoint cannot be used: {problem}", "Remove it to begin anew.", inner!);
}
