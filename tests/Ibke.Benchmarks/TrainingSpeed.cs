using System.Diagnostics;
using Ibke.Cli.Measurements;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.LanguageModels;
using Ibke.Runtime.Training.Optimizers;

namespace Ibke.Benchmarks;

/// <summary>
/// One training step of a model of the embedded one's shape: forward and the gradients of all weights over ragged sequences. Against it, in the
/// same run, the engine's largest matrix product on as many threads.
/// </summary>
internal sealed class TrainingSpeed : IDisposable
{
    private const int LearnedRows = 1580;
    private const int ProductCalls = 4;

    private readonly RandomLlama _llama = new();
    private readonly CpuEngine _engine;
    private readonly Tensor _left;
    private readonly Tensor _right;
    private readonly SequenceRows[] _sequences;
    private readonly int[] _ids;
    private readonly int[] _learned;
    private readonly int[] _targets;
    private readonly float[] _weights;

    private TrainingSpeed(int threads)
    {
        _engine = new CpuEngine(new CpuEngineOptions { Threads = threads });
        _left = RandomTensors.Matrix(_engine, 960, 1536, 1);
        _right = RandomTensors.Matrix(_engine, 1536, 1536, 2);
        Random random = new(1);
        _sequences = [.. Lengths(random).Select(length => new SequenceRows(length))];
        _ids = [.. Enumerable.Range(0, _sequences.Sum(sequence => sequence.Count)).Select(_ => random.Next(RandomLlama.Config.VocabularySize))];
        _learned = [.. Enumerable.Range(0, _ids.Length).OrderBy(_ => random.Next()).Take(LearnedRows).Order()];
        _targets = [.. _learned.Select(_ => random.Next(RandomLlama.Config.VocabularySize))];
        _weights = [.. _learned.Select(_ => 1f / LearnedRows)];
    }

    // 2 operations a multiply-add; forward, and the gradients of both factors of each product. Of attention only what the mask leaves.
    private double Operations
    {
        get
        {
            TransformerConfig config = RandomLlama.Config;
            double block = (2.0 * config.HiddenSize * (config.Heads + config.KeyValueHeads) * config.HeadSize) + (3.0 * config.HiddenSize * config.IntermediateSize);
            double pairs = _sequences.Sum(sequence => sequence.Count * (sequence.Count + 1.0) / 2);
            double attention = pairs * 2 * config.Heads * config.HeadSize;
            double output = (double)LearnedRows * config.HiddenSize * config.VocabularySize;
            return 6 * ((config.Layers * ((_ids.Length * block) + attention)) + output);
        }
    }

    private double ProductOperations => 2.0 * ProductCalls * _left.Shape.Count * _right.Shape[0];

    /// <summary>Measures and prints.</summary>
    /// <param name="arguments">Threads (default: the processors) and repeats (default 7).</param>
    public static void Run(string[] arguments)
    {
        int threads = arguments.Length > 0 ? int.Parse(arguments[0]) : Environment.ProcessorCount;
        int repeats = arguments.Length > 1 ? int.Parse(arguments[1]) : 7;
        using TrainingSpeed speed = new(threads);
        speed.Measure(threads, repeats);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
        _engine.Dispose();
        _llama.Dispose();
    }

    // The mixture of lengths of the embedded model's training: many questions, some conversations.
    private static IEnumerable<int> Lengths(Random random)
    {
        foreach ((int count, int longest) in ((int, int)[])[(96, 32), (20, 96), (20, 192), (4, 384)])
        {
            for (int i = 0; i < count; i++)
            {
                yield return random.Next(longest / 2, longest + 1);
            }
        }
    }

    private void Measure(int threads, int repeats)
    {
        double[] steps = new double[repeats];
        double[] shares = new double[repeats];
        double[] processorShares = new double[repeats];
        double[] products = new double[repeats];
        double[] forwards = new double[repeats];
        Optimizer[] optimizers = Optimizers();
        double[] rates = new double[repeats];
        double[] updates = new double[repeats];
        Product();
        Step();
        Update(optimizers);
        for (int i = 0; i < repeats; i++)
        {
            Time product = Product();
            (Time forward, Time all) = Step();
            product += Product();
            rates[i] = Operations / all.Processor;
            updates[i] = Update(optimizers).Processor / all.Processor;
            (steps[i], forwards[i]) = (all.Seconds, forward.Processor / all.Processor);
            double work = Operations / (2 * ProductOperations);
            products[i] = 2 * ProductOperations / product.Processor;
            (shares[i], processorShares[i]) = (work * product.Seconds / all.Seconds, work * product.Processor / all.Processor);
        }

        double update = Repeats.Median(updates);
        double step = Repeats.Median(steps);
        double peak = MultiplyAddPeak.Measure(3, CancellationToken.None);
        Console.WriteLine($"{_sequences.Length} sequences, {_ids.Length} rows, {LearnedRows} learned, {threads} threads, {Operations / 1e9:0} GFLOP a step");
        Console.WriteLine($"step {step:0.000} s ({Repeats.Median(forwards):P0} forward), {_ids.Length / step:0} tokens/s, {Operations / step / 1e9:0} GFLOP/s");
        Console.WriteLine($"{Repeats.Median(shares):P1} of the matrix product on as many threads ({shares.Min():P1} to {shares.Max():P1} of {repeats} repeats)");
        Console.WriteLine($"{Repeats.Median(processorShares):P1} by processor time, which other work on the machine disturbs less: {Repeats.Median(rates) / 1e9:0} GFLOP a second");
        Console.WriteLine($"Muon and AdamW take {update:P1} of that on top, by processor time");
        Console.WriteLine($"matrix product {Repeats.Median(products) / 1e9:0} GFLOP/s a thread, multiply-adds on registers {peak / 1e9:0} GFLOP/s");
        Console.WriteLine($"memory of the engine {(_engine.Memory.IdleBytes + _engine.Memory.UsedBytes) >> 20} MiB, of the process at most {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB");
    }

    private (Time Forward, Time All) Step()
    {
        using Transformer model = _llama.Load(_engine);
        Time start = Time.Now;
        using GradientTape tape = _engine.Record();
        Tensor[] sources = [.. model.Parameters.Values];
        foreach (Tensor source in sources)
        {
            tape.Watch(source);
        }

        using Tensor hidden = model.Forward(tape, WeightVersion.Base, _ids, _sequences);
        using Tensor rows = tape.Rows(hidden, _learned);
        using Tensor logits = model.Logits(tape, rows);
        using Tensor loss = tape.CrossEntropy(logits, _targets, _weights);
        Time forward = Time.Now - start;
        foreach (Tensor gradient in tape.Gradients(loss, sources))
        {
            gradient.Dispose();
        }

        return (forward, Time.Now - start);
    }

    // As the embedded model is trained: Muon for the matrices of blocks, AdamW for the rest.
    private Optimizer[] Optimizers()
    {
        IReadOnlyList<TrainableParameter> all = InitialWeights.Draw(RandomLlama.Config, _engine, 1);
        foreach (TrainableParameter parameter in all)
        {
            RandomTensors.Values(parameter.Gradient.Length, 3).CopyTo(parameter.Gradient, 0);
        }

        ILookup<bool, TrainableParameter> hidden = all.ToLookup(parameter => parameter.Shape.Rank == 2 && parameter.Name.Contains(".layers.", StringComparison.Ordinal));
        return [new Muon([.. hidden[true]], _engine, new MuonSettings()), new AdamW([.. hidden[false]], new AdamWSettings())];
    }

    private static Time Update(Optimizer[] optimizers)
    {
        Time start = Time.Now;
        foreach (Optimizer optimizer in optimizers)
        {
            optimizer.Step(1e-3f);
        }

        return Time.Now - start;
    }

    // Products that are large enough to show what the engine can do.
    private Time Product()
    {
        Time start = Time.Now;
        for (int i = 0; i < ProductCalls; i++)
        {
            _engine.Operations.Linear(_left, _right).Dispose();
        }

        return Time.Now - start;
    }

    // Seconds on the clock, and of all threads of the process.
    private readonly record struct Time(double Seconds, double Processor)
    {
        public static Time Now => new(Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency, Environment.CpuUsage.TotalTime.TotalSeconds);

        public static Time operator +(Time a, Time b) => new(a.Seconds + b.Seconds, a.Processor + b.Processor);

        public static Time operator -(Time a, Time b) => new(a.Seconds - b.Seconds, a.Processor - b.Processor);
    }
}
