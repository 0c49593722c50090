using System.Runtime.InteropServices;
using System.Text.Json;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Batches;
using Ibke.Runtime.Training.Optimizers;

namespace Ibke.Runtime.Training.LanguageModels;

/// <summary>What a run goes on from beside weights and moments.</summary>
/// <param name="Recipe">Identifies the recipe and the data.</param>
/// <param name="Position">The next step and its data.</param>
/// <param name="OptimizerSteps">For each optimizer the steps it has taken.</param>
/// <param name="Sums">Steps that were not reported yet.</param>
/// <param name="Seconds">Time of all steps so far.</param>
internal sealed record TrainingState(
    string Recipe, BatchPosition Position, IReadOnlyList<int> OptimizerSteps, MeterSums Sums, double Seconds);

/// <summary>
/// One file that a run goes on from to the bit: weights in float32, the memory of the optimizers, and the position. It is written aside and renamed, so
/// that a process that is killed leaves the one before.
/// </summary>
internal static class TrainingCheckpoint
{
    private const string StateKey = "state";
    private const string Weight = "weight.";

    /// <summary>Writes a checkpoint.</summary>
    /// <exception cref="IOException">It cannot be written; an earlier one is unchanged.</exception>
    public static void Write(string path, LanguageModelTrainer trainer, TrainingState state) => SafetensorsWriter.Write(
        path,
        trainer.Parameters.Select(parameter => Store(Weight + parameter.Name, parameter.Shape, parameter.Values))
            .Concat(trainer.Optimizers.SelectMany(optimizer => optimizer.State).Select(pair => Store(pair.Key, new TensorShape(pair.Value.Length), pair.Value))),
        new Dictionary<string, string> { [StateKey] = JsonSerializer.Serialize(state) });

    /// <summary>Reads what a checkpoint says of its run.</summary>
    /// <exception cref="CheckpointException">The file is damaged.</exception>
    public static TrainingState ReadState(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingState>(SafetensorsFile.Open(path).Metadata[StateKey])!;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            throw Damaged(path, "it does not say where its run stands", e);
        }
    }

    /// <summary>Reads weights and moments into a trainer of the same recipe.</summary>
    /// <exception cref="CheckpointException">The file is damaged, or of another network.</exception>
    public static void Read(string path, LanguageModelTrainer trainer, TrainingState state)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (TrainableParameter parameter in trainer.Parameters)
        {
            Restore(file, Weight + parameter.Name, parameter.Values);
        }

        foreach ((Optimizer optimizer, int steps) in trainer.Optimizers.Zip(state.OptimizerSteps))
        {
            optimizer.Steps = steps;
            foreach ((string name, float[] values) in optimizer.State)
            {
                Restore(file, name, values);
            }
        }
    }

    private static StoredTensor Store(string name, TensorShape shape, float[] values) =>
        new(name, ElementType.Float32, shape, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    private static void Restore(SafetensorsFile file, string name, float[] values)
    {
        if (!file.Tensors.TryGetValue(name, out StoredTensor? stored) || stored.ElementType != ElementType.Float32 || stored.Shape.Count != values.Length)
        {
            throw Damaged(file.Path, $"{name} is missing or has another shape");
        }

        stored.Bytes.CopyTo(0, MemoryMarshal.AsBytes(values.AsSpan()));
    }

    private static CheckpointException Damaged(string path, string problem, Exception? inner = null) =>
        new(path, $"the checkpoint cannot be used: {problem}", "Remove its folder to begin anew.", inner!);
}
