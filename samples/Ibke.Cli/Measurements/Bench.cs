using Ibke.Runtime.Cpu;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Cli.Measurements;

/// <summary>Runs all measurements, one after another, so that none disturbs another.</summary>
/// <param name="modelFolder">The small model; the large one takes its tokenizer.</param>
/// <param name="threads">Threads of the engine.</param>
/// <param name="quick">Fewer and shorter repeats: for a look, not for a report.</param>
internal sealed class Bench(string modelFolder, int threads, bool quick)
{
    /// <summary>The number of calls of the progress callback.</summary>
    public int Steps => 5 + ElementTypesMeasured.Length + (HasEditor ? 2 : 0);

    private bool HasEditor => File.Exists(Path.Combine(modelFolder, "editor.json"));

    private ElementType[] ElementTypesMeasured => quick ? [ElementType.BFloat16] : [ElementType.BFloat16, ElementType.Float32];

    private int[] ThreadCounts => threads == 1 ? [1] : [1, threads];

    private int Repeat => quick ? 3 : 7;

    // Far larger than any cache, so that none keeps a part of it from pass to pass.
    private static long ReadBlock => 512L << 20;

    /// <summary>Measures.</summary>
    /// <param name="progress">Called before each part with the parts done and the name of the next.</param>
    /// <param name="cancellation">Ends between repeats.</param>
    public async Task<BenchReport> RunAsync(Action<int, string?> progress, CancellationToken cancellation)
    {
        int done = 0;
        void Next(string part) => progress(done++, part);

        Next("memory read");
        MemoryRead[] memory = MeasureMemory(cancellation);
        Next("matrix product");
        MatrixProduct matrix = MatrixProduct.Measure(Repeat, cancellation);
        Next("loading the model");
        using CpuEngine engine = new(new CpuEngineOptions { Threads = threads });
        using LanguageModel model = LanguageModel.Load(modelFolder, new LanguageModelOptions { Engine = engine });
        Next("reading and writing");
        int prompt = Math.Min(256, model.Config.ContextLength / 2);
        GenerationSpeed chat = GenerationSpeed.Measure(model, prompt, Math.Min(128, prompt), Repeat, cancellation);
        Next("writing JSON");
        ConstrainedSpeed constrained = ConstrainedSpeed.Measure(model, quick ? 10 : 60, cancellation);
        EditCost? edit = null;
        ChatDuringEdits? during = null;
        if (HasEditor)
        {
            KnowledgeEditor editor = KnowledgeEditor.Load(model);
            Next("edits");
            edit = await EditCost.MeasureAsync(model, editor, quick ? 2 : 5, cancellation);
            Next("chat during edits");
            during = await ChatDuringEdits.MeasureAsync(model, editor, TimeSpan.FromSeconds(quick ? 1 : 3), quick ? 2 : 4, cancellation);
        }

        List<DecodeBandwidth> large = [];
        foreach (ElementType type in ElementTypesMeasured)
        {
            Next($"large model, {type}");
            large.AddRange(MeasureLarge(type, cancellation));
        }

        return new BenchReport(Machine.Current, engine.Description, threads, model.Id, quick, memory, matrix, chat, constrained, large, edit, during);
    }

    private MemoryRead[] MeasureMemory(CancellationToken cancellation) =>
        [.. ThreadCounts.Select(count => new MemoryRead(count, ReadBandwidth.Measure(count, ReadBlock, Repeat, cancellation)))];

    private DecodeBandwidth[] MeasureLarge(ElementType type, CancellationToken cancellation)
    {
        using LargeModel large = LargeModel.Create(modelFolder, type);
        return [.. ThreadCounts.Select(count => DecodeBandwidth.Measure(large, type, count, ReadBlock, quick ? 1 : 5, cancellation))];
    }
}
