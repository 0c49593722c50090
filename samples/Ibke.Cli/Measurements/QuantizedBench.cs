using Ibke.Runtime.Cpu;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Cli.Measurements;

/// <summary>What 8-bit weights gain and what they lose, beside the stored ones: on a model folder and on the large model of random weights.</summary>
/// <param name="modelFolder">The small model; the large one takes its tokenizer.</param>
/// <param name="threads">Threads of the engine.</param>
/// <param name="quick">Fewer repeats.</param>
internal sealed class QuantizedBench(string modelFolder, int threads, bool quick)
{
    private const int PromptTokens = 64;
    private const int NewTokens = 48;

    /// <summary>The number of calls of the progress callback.</summary>
    public static int Steps => 2;

    /// <summary>Measures.</summary>
    /// <param name="progress">Called before each part with the parts done and the name of the next.</param>
    /// <param name="cancellation">Ends between repeats.</param>
    public async Task<QuantizedBenchReport> RunAsync(Action<int, string?> progress, CancellationToken cancellation)
    {
        using CpuEngine engine = new(new CpuEngineOptions { Threads = threads });
        progress(0, Path.GetFileName(modelFolder));
        QuantizedModel small = await MeasureSmallAsync(engine, cancellation);
        progress(1, "large model");
        QuantizedModel large = MeasureLarge(engine, cancellation);
        return new QuantizedBenchReport(Machine.Current, engine.Description, threads, quick, [small, large]);
    }

    private async Task<QuantizedModel> MeasureSmallAsync(CpuEngine engine, CancellationToken cancellation)
    {
        using LanguageModel stored = Load(engine, modelFolder, WeightStorage.AsStored);
        using LanguageModel quantized = Load(engine, modelFolder, WeightStorage.Blocks8);
        EditSuccess? edits = File.Exists(Path.Combine(modelFolder, "editor.json"))
            ? new EditSuccess(SampleFacts.All.Count, await CountAppliedAsync(stored, cancellation), await CountAppliedAsync(quantized, cancellation))
            : null;
        return new QuantizedModel(
            stored.Id, MeasureSpeeds([stored, quantized], cancellation), QuantizationLoss.Measure(stored, quantized, cancellation), edits);
    }

    private QuantizedModel MeasureLarge(CpuEngine engine, CancellationToken cancellation)
    {
        using LargeModel folder = LargeModel.Create(modelFolder, ElementType.BFloat16);
        using LargeModel wideFolder = LargeModel.Create(modelFolder, ElementType.Float32);
        using LanguageModel stored = Load(engine, folder.Folder, WeightStorage.AsStored);
        using LanguageModel wide = Load(engine, wideFolder.Folder, WeightStorage.AsStored);
        using LanguageModel quantized = Load(engine, folder.Folder, WeightStorage.Blocks8);
        return new QuantizedModel(
            "random weights", MeasureSpeeds([wide, stored, quantized], cancellation), QuantizationLoss.Measure(stored, quantized, cancellation), null);
    }

    private static LanguageModel Load(CpuEngine engine, string folder, WeightStorage weights) =>
        LanguageModel.Load(folder, new LanguageModelOptions { Engine = engine, Weights = weights });

    // The models take turns, so that a change of the machine's speed touches all of them.
    private List<WeightSpeed> MeasureSpeeds(LanguageModel[] models, CancellationToken cancellation)
    {
        List<GenerationSpeed>[] speeds = [.. models.Select(_ => new List<GenerationSpeed>())];
        for (int repeat = 0; repeat < (quick ? 1 : 5); repeat++)
        {
            for (int i = 0; i < models.Length; i++)
            {
                speeds[i].Add(GenerationSpeed.Measure(models[i], PromptTokens, NewTokens, 1, cancellation));
            }
        }

        return [.. models.Zip(speeds, (model, own) => new WeightSpeed(
            LargestType(model),
            model.Transformer.Parameters.Values.Sum(tensor => tensor.Bytes),
            PromptTokens,
            Repeats.Median(own.Select(speed => speed.PrefillTokensPerSecond)),
            Repeats.Median(own.Select(speed => speed.DecodeTokensPerSecond))))];
    }

    private static ElementType LargestType(LanguageModel model) =>
        model.Transformer.Parameters.Values.GroupBy(tensor => tensor.ElementType).MaxBy(group => group.Sum(tensor => tensor.Shape.Count))!.Key;

    private static async Task<int> CountAppliedAsync(LanguageModel model, CancellationToken cancellation)
    {
        KnowledgeEditor editor = KnowledgeEditor.Load(model);
        int applied = 0;
        foreach (EditRequest request in SampleFacts.All)
        {
            EditResult result = await editor.EditAsync(request, cancellation);
            if (result.Id is not null)
            {
                applied++;
                await editor.RevertAsync(result.Id, cancellation);
            }
        }

        return applied;
    }
}
