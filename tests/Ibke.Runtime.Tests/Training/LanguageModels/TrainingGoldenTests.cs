using System.Text.Json;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models.Families;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tests.Models;
using Ibke.Runtime.Training.Batches;
using Ibke.Runtime.Training.LanguageModels;
using Ibke.Runtime.Training.Optimizers;
using Ibke.Runtime.Training.Schedules;

namespace Ibke.Runtime.Tests.Training.LanguageModels;

/// <summary>Recorded runs of the reference implementation: losses, gradient norms, rates and weights.</summary>
[Trait("Category", "Golden")]
public sealed class TrainingGoldenTests
{
    public static TheoryData<string> Runs => [.. GoldenFiles.Trainings];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Step_RecordedBatches_GivesRecordedLossesNormsAndWeights(string folder)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        JsonElement expected = json.RootElement;
        JsonElement tolerance = expected.GetProperty("tolerance");
        LearningRateSchedule schedule = Schedule(expected);
        float peak = expected.GetProperty("schedule").GetProperty("peak").GetSingle();
        LanguageModelTrainer trainer = Trainer(folder, expected, peak);
        TrainingBatch[] batches = Batches(folder, schedule.Steps);
        Assert.NotEmpty(batches);

        for (int step = 0; step < batches.Length; step++)
        {
            double factor = schedule.Factor(step);
            StepResult result = trainer.Step([batches[step]], factor);

            Assert.Equal(expected.GetProperty("learning_rate")[step].GetDouble(), peak * factor, 1e-8);
            Assert.Equal(expected.GetProperty("loss")[step].GetDouble(), result.Loss, tolerance.GetProperty("loss").GetDouble());
            Assert.Equal(expected.GetProperty("gradient_norm")[step].GetDouble(), result.GradientNorm, tolerance.GetProperty("gradient_norm").GetDouble());
            if (step == 0)
            {
                AssertWeights(Path.Combine(folder, "after_step_1.safetensors"), trainer, tolerance.GetProperty("after_step_1").GetDouble());
            }
        }

        AssertWeights(Path.Combine(folder, "final.safetensors"), trainer, tolerance.GetProperty("final").GetDouble());
    }

    private static LearningRateSchedule Schedule(JsonElement expected)
    {
        JsonElement schedule = expected.GetProperty("schedule");
        return new LearningRateSchedule
        {
            Steps = expected.GetProperty("steps").GetInt32(),
            WarmUpSteps = schedule.GetProperty("warm_steps").GetInt32(),
            FinalShare = schedule.GetProperty("low").GetDouble() / schedule.GetProperty("peak").GetDouble(),
            Fall = RateFall.Cosine,
        };
    }

    private static LanguageModelTrainer Trainer(string folder, JsonElement expected, float peak)
    {
        JsonElement optimizer = expected.GetProperty("optimizer");
        AdamWSettings plain = new(
            optimizer.GetProperty("betas")[0].GetSingle(), optimizer.GetProperty("betas")[1].GetSingle(), optimizer.GetProperty("eps").GetSingle());
        AdamWSettings decayed = plain with { WeightDecay = optimizer.GetProperty("weight_decay").GetSingle() };
        SafetensorsFile initial = SafetensorsFile.Open(Path.Combine(folder, "initial.safetensors"));
        TrainableParameter[] parameters = [.. initial.Tensors.Values.Select(tensor => new TrainableParameter(tensor.Name, tensor.Shape, Values(tensor)))];
        return new LanguageModelTrainer(
            TestEngine.Shared,
            ModelFamilies.ReadConfig(ConfigFile.Open(folder)),
            parameters,
            [
                new OptimizerGroup(new AdamW([.. parameters.Where(parameter => parameter.Shape.Rank >= 2)], decayed), peak),
                new OptimizerGroup(new AdamW([.. parameters.Where(parameter => parameter.Shape.Rank < 2)], plain), peak),
            ],
            optimizer.GetProperty("clip_norm").GetSingle());
    }

    private static TrainingBatch[] Batches(string folder, int steps)
    {
        SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "batches.safetensors"));
        TensorShape shape = file.ShapeOf("input_ids"); // [steps, sequences, tokens]
        long[] inputs = file.ReadInt64("input_ids");
        long[] targets = file.ReadInt64("targets");
        int rows = shape[1] * shape[2];
        return
        [
            .. Enumerable.Range(0, steps).Select(step =>
            {
                int[] learned = [.. Enumerable.Range(0, rows).Where(row => targets[(step * rows) + row] >= 0)];
                return new TrainingBatch(
                    [.. inputs.Skip(step * rows).Take(rows).Select(id => (int)id)],
                    [.. Enumerable.Repeat(new SequenceRows(shape[2]), shape[1])],
                    learned,
                    [.. learned.Select(row => (int)targets[(step * rows) + row])],
                    [.. learned.Select(_ => 1f)],
                    [.. learned.Select(_ => -1)],
                    []);
            }),
        ];
    }

    private static float[] Values(StoredTensor stored)
    {
        using Tensor tensor = TestEngine.Shared.Load(stored);
        return tensor.ToArray();
    }

    private static void AssertWeights(string file, LanguageModelTrainer trainer, double tolerance)
    {
        SafetensorsFile expected = SafetensorsFile.Open(file);
        foreach (TrainableParameter parameter in trainer.Parameters)
        {
            float[] values = Values(expected.Tensors[parameter.Name]);
            for (int i = 0; i < values.Length; i++)
            {
                Assert.True(
                    Math.Abs(values[i] - parameter.Values[i]) <= tolerance,
                    $"{Path.GetFileName(file)}, {parameter.Name}[{i}]: {parameter.Values[i]}, expected {values[i]}");
            }
        }
    }
}
