using System.Diagnostics;
using System.Globalization;
using Ibke.Cli.Measurements;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Editors;

namespace Ibke.Benchmarks;

/// <summary>
/// What edits in force cost a conversation: decoding, reading a prompt and publishing, with so many edits against none. The edits are of the recall form: by
/// the model's own editor where it is of that form, or else by one at the start of its training, with the thresholds that training leads to.
/// </summary>
internal sealed class EditedSpeed : IDisposable
{
    private const int NewTokens = 64;
    private const int PromptTokens = 100;
    private const int TypicalEdits = 320;
    private const int AtOnce = 50;
    private const int Mixtures = 7;
    private const int MixtureStep = 11;
    private const int PublishRepeats = 9;
    private const float Threshold = 0.53f; // 0.63 after the sigmoid
    private const float StepSize = 0.1f;

    private readonly CpuEngine _engine = new(new CpuEngineOptions());
    private readonly LanguageModel _model;
    private readonly TextGenerator _generator;
    private readonly EditText[] _texts;
    private readonly int[][] _questions;
    private readonly GenerationOptions _decode;
    private readonly GenerationOptions _prefill = new() { MaxNewTokens = 1 };
    private readonly Random _random = new(1);

    private EditedSpeed(string folder, string edits)
    {
        _model = LanguageModel.Load(folder, new LanguageModelOptions { Engine = _engine });
        _generator = new TextGenerator(_model, prefixCacheBytes: 0);
        _decode = new GenerationOptions { MaxNewTokens = NewTokens + 1, LogitBias = NeverEnding.Bias(_model) };
        EditTexts texts = new(_model, ModelCard.Load(folder), NeuronForm.Recall);
        IReadOnlyList<EditCase> cases = EditCaseFile.Read(edits);

        // There are fewer facts than edits are wanted: names are mixed, so that each edit has a subject of its own.
        _texts = [.. Enumerable.Range(0, Mixtures).SelectMany(mixture => cases.Select((edit, i) =>
        {
            string subject = Mix(edit.Subject!, cases[(i + (mixture * MixtureStep)) % cases.Count].Subject!);
            return texts.Create(new EditRequest { Prompt = edit.Prompt.Replace(edit.Subject!, subject, StringComparison.Ordinal), Answer = edit.Answer, Subject = subject });
        }))];
        _questions = [.. cases.SelectMany(edit => edit.Locality.Select(prompt => prompt.Prompt).Append(edit.Prompt)).Select(prompt => texts.Prompts.Encode(prompt).ToArray())];
    }

    /// <summary>Measures and prints.</summary>
    /// <param name="arguments">The model's folder, a file of edits, and the numbers of edits in force (default 1, 10, 150 and 1,000); "xN" for N repeats (default 15).</param>
    public static void Run(string[] arguments)
    {
        int repeats = arguments.Where(argument => argument.StartsWith('x')).Select(argument => Number(argument[1..])).FirstOrDefault(15);
        int[] counts = [.. arguments.Skip(2).Where(argument => !argument.StartsWith('x')).Select(Number)];
        using EditedSpeed speed = new(arguments[0], arguments[1]);
        speed.Measure(counts.Length == 0 ? [1, 10, 150, 1000] : counts, repeats);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _generator.Dispose();
        _model.Dispose();
        _engine.Dispose();
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    // The beginning of one name with the end of another.
    private static string Mix(string first, string last) => first == last ? first : first[..(first.Length / 2)] + last[(last.Length / 2)..];

    private void Measure(int[] counts, int repeats)
    {
        WeightEdit[] edits = Edits(counts.Max());
        WeightVersion[] versions = [WeightVersion.Base, .. counts.Select(count => new WeightVersion(1, edits.Take(count)))];
        Console.WriteLine($"{edits.Average(edit => edit.Layers.OfType<NeuronBlock>().Average(block => block.Keys.Shape.Rows)):0.0} neurons an edit and layer, {edits.Average(edit => edit.Bytes):0} bytes an edit");
        List<double[]>[] decode = [.. versions.Select(_ => new List<double[]>())], prefill = [.. versions.Select(_ => new List<double[]>())];
        for (int repeat = -2; repeat < repeats; repeat++)
        {
            int[] question = _questions[_random.Next(_questions.Length)];
            int[] prompt = [.. Enumerable.Range(0, PromptTokens).Select(_ => _random.Next(_model.Config.VocabularySize))];
            foreach (int i in Enumerable.Range(0, versions.Length).OrderBy(_ => _random.Next()).ToArray())
            {
                double[] decoded = Decode(question, versions[i]);
                double read = Prefill(prompt, versions[i]);
                if (repeat >= 0)
                {
                    decode[i].Add(decoded);
                    prefill[i].Add([read]);
                }
            }
        }

        Console.WriteLine("edits | decode, tokens/s | of unedited: median of pairs, of the best | prefill of 100, of unedited: median, best | best publish, ms | best arranging, ms");
        for (int i = 0; i < versions.Length; i++)
        {
            (double publish, double arrange) = i == 0 ? (0, 0) : Publish(edits[..counts[i - 1]]);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{versions[i].Edits.Count,5} | {NewTokens / Best(decode[i]),6:0} | {Share(decode, i):0.000}, {Best(decode[0]) / Best(decode[i]):0.000} | {Share(prefill, i):0.000}, {Best(prefill[0]) / Best(prefill[i]):0.000} | {publish * 1e3:0.00} | {arrange * 1e3:0.00}"));
        }
    }

    private static double Share(List<double[]>[] seconds, int i) =>
        Repeats.Median(seconds[0].Zip(seconds[i], (none, edited) => Repeats.Median(none) / Repeats.Median(edited)));

    // Each token as quick as in the best of the repeats: what other work on the machine interrupted does not count.
    private static double Best(List<double[]> repeats) =>
        Enumerable.Range(0, repeats[0].Length).Sum(token => repeats.Min(seconds => seconds[token]));

    // Seconds of each token after the first.
    private double[] Decode(int[] prompt, WeightVersion version)
    {
        double[] seconds = new double[NewTokens];
        long last = 0;
        int tokens = 0;
        foreach (GenerationStep _ in _generator.Generate(prompt, _decode, version))
        {
            long now = Stopwatch.GetTimestamp();
            if (tokens > 0)
            {
                seconds[tokens - 1] = Stopwatch.GetElapsedTime(last, now).TotalSeconds;
            }

            (last, tokens) = (now, tokens + 1);
        }

        return seconds;
    }

    private double Prefill(int[] prompt, WeightVersion version)
    {
        long start = Stopwatch.GetTimestamp();
        _generator.Complete(prompt, _prefill, version);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // One more edit is published: making the version, and by how much reading the next prompt takes longer than usual, for neurons are arranged then.
    private (double Publish, double Arrange) Publish(WeightEdit[] edits)
    {
        List<double> publish = [], arrange = [];
        for (int repeat = 0; repeat < PublishRepeats; repeat++)
        {
            _model.Versions.Publish(edits[1..]);
            Prefill(_questions[0], _model.Versions.Current);
            long start = Stopwatch.GetTimestamp();
            WeightVersion version = _model.Versions.Publish(edits);
            publish.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            double first = Prefill(_questions[0], version);
            arrange.Add(first - Enumerable.Range(0, 3).Min(_ => Prefill(_questions[0], version)));
        }

        return (publish.Min(), arrange.Min());
    }

    private WeightEdit[] Edits(int count)
    {
        EditComputation computation = Computation();
        return [.. _texts.Take(count).Chunk(AtOnce).SelectMany(some => computation.Compute(some, CancellationToken.None)).Select(edit => edit.Alone)];
    }

    private EditComputation Computation()
    {
        if (File.Exists(Path.Combine(_model.Folder, EditorSettings.FileName)) && EditorSettings.Load(_model.Folder).Form == NeuronForm.Recall)
        {
            return EditComputation.Load(_model, _model.Folder).Computation;
        }

        TransformerConfig config = _model.Config;
        EditorSettings settings = new(_model.Folder, NeuronForm.Recall, null, 0, config.Layers, config.HiddenSize, 64, 64, 384, 1);
        EditText[] typical = [.. _texts.Take(TypicalEdits)];
        EditorStatistics statistics = EditorStart.Measure(_model, settings.FirstLayer, typical);
        float[] metric = MetricStart.Measure(_model, settings.FirstLayer, statistics, typical, settings.KeySize);
        EditorNetwork network = new(
            settings,
            statistics,
            EditorStart.Weights(settings, StepSize, Threshold, metric, new RandomSource(1))
                .ToDictionary(weight => weight.Name, weight => _engine.Create(weight.Shape, weight.Values), StringComparer.Ordinal),
            _engine,
            _engine.Operations);
        return new EditComputation(_model, network, new SparseForm(_engine, network.Space, NeuronForm.Recall), settings.Rounds);
    }
}
