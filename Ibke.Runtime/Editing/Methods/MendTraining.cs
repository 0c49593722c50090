using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;

namespace Ibke.Runtime.Editing.Methods;

/// <summary>Settings of MEND's training.</summary>
internal sealed record MendSettings
{
    /// <summary>The layers whose last MLP matrices are edited, from 0.</summary>
    public required IReadOnlyList<int> Layers { get; init; }

    /// <summary>The rank of the network's matrices.</summary>
    public int Rank { get; init; } = 64;

    /// <summary>The length of a first step, in root mean squares of the MLP's output.</summary>
    public float Step { get; init; } = 0.3f;

    /// <summary>The steps, each over one batch of edits.</summary>
    public int Steps { get; init; } = 300;

    /// <summary>Edits of a step; each is applied alone, as the paper trains.</summary>
    public int Batch { get; init; } = 4;

    /// <summary>The learning rate of Adam; that of α is a tenth of α.</summary>
    public float Rate { get; init; } = 3e-4f;

    /// <summary>c of L = c · L(edit) + L(locality).</summary>
    public float EditShare { get; init; } = 0.5f;
}

/// <summary>
/// Trains the network of MEND: L = c · (−log p(answer | prompt, and a rephrasing; W̃)) + KL(p(· | neighbour; W) ‖ p(· | neighbour; W̃)).
/// </summary>
/// <remarks>Deterministic for its cases. arXiv 2110.11309, algorithm 1.</remarks>
internal sealed class MendTraining
{
    private const int NormalizationEdits = 64;
    private const float LongestGradient = 1;

    private readonly EditedModel _model;
    private readonly MendSettings _settings;
    private readonly EditCase[] _cases;
    private readonly Dictionary<string, Adam> _adams;

    /// <summary>Prepares the training.</summary>
    /// <param name="model">The model.</param>
    /// <param name="settings">How it is trained.</param>
    /// <param name="cases">Edits, their rephrasings and neighbours.</param>
    /// <exception cref="ArgumentException">There is no case.</exception>
    public MendTraining(EditedModel model, MendSettings settings, IReadOnlyList<EditCase> cases)
    {
        _model = model;
        _settings = settings;
        _cases = cases.Count > 0 ? [.. cases] : throw new ArgumentException("MEND needs edits to be trained on.", nameof(cases));
        new Random(1).Shuffle(_cases);
        EditBatch samples = new([.. _cases.Take(NormalizationEdits).Select(item => model.Texts.Create(item.ToRequest()))]);
        Network = new MendNetwork(model, settings.Layers, settings.Rank, settings.Step, MatrixFactors.Read(model, settings.Layers, samples, samples.NeuronRows));
        _adams = Network.Parameters.ToDictionary(entry => entry.Key, entry => new Adam(entry.Value.Values.Length), StringComparer.Ordinal);
    }

    /// <summary>The network, as far as it is trained.</summary>
    public MendNetwork Network { get; }

    /// <summary>Trains to the end.</summary>
    public MendNetwork Run(CancellationToken cancellationToken)
    {
        for (int step = 0; step < _settings.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Step(Enumerable.Range(step * _settings.Batch, _settings.Batch).Select(i => _cases[i % _cases.Length]));
        }

        return Network;
    }

    /// <summary>One step.</summary>
    /// <returns>The mean loss before it.</returns>
    public float Step(IEnumerable<EditCase> batch)
    {
        Dictionary<string, float[]> sums = Network.Parameters.ToDictionary(
            entry => entry.Key, entry => new float[entry.Value.Values.Length], StringComparer.Ordinal);
        float loss = 0;
        int count = 0;
        foreach (EditCase item in batch)
        {
            loss += AddGradients(item, sums);
            count++;
        }

        // α has a scale of its own: clipping and learning rates must not depend on it.
        float length = MathF.Sqrt(sums.Where(entry => entry.Key != "alpha").Sum(entry => entry.Value.Sum(value => value * value))) / count;
        float factor = 1 / (count * Math.Max(1, length / LongestGradient));
        foreach ((string name, float[] sum) in sums)
        {
            float[] values = Network.Parameters[name].Values;
            float rate = name == "alpha" ? values.Average() / 10 : _settings.Rate;
            _adams[name].Step(values, Array.ConvertAll(sum, value => value * factor), rate);
        }

        return loss / count;
    }

    private float AddGradients(EditCase item, Dictionary<string, float[]> sums)
    {
        EditRequest request = item.ToRequest();
        EditBatch edit = new([_model.Texts.Create(request)]);
        MatrixFactors factors = MatrixFactors.Read(_model, _settings.Layers, edit, edit.NeuronRows);
        IReadOnlyDictionary<string, Tensor> weights = Network.Tensors();
        using TensorScope scope = new();
        using GradientTape tape = _model.Model.Engine.Record();
        foreach (Tensor weight in weights.Values)
        {
            tape.Watch(scope.Keep(weight));
        }

        IReadOnlyList<MatrixDelta> deltas = Network.Update(tape, weights, factors);
        foreach (MatrixDelta delta in deltas)
        {
            scope.Keep(delta.Left);
            scope.Keep(delta.Right!);
        }

        Tensor loss = Loss(tape, scope, item, request, new WeightVersion(0, [new WeightEdit(deltas)]));
        string[] names = [.. weights.Keys];
        IReadOnlyList<Tensor> gradients = tape.Gradients(loss, [.. names.Select(name => weights[name])]);
        for (int i = 0; i < names.Length; i++)
        {
            using Tensor gradient = gradients[i];
            float[] values = gradient.ToArray(), sum = sums[names[i]];
            for (int at = 0; at < sum.Length; at++)
            {
                sum[at] += values[at];
            }
        }

        return loss.ToScalar();
    }

    private Tensor Loss(GradientTape tape, TensorScope scope, EditCase item, EditRequest request, WeightVersion version)
    {
        EditBatch wanted = new([.. item.Rephrasings.Take(1).Prepend(item.Prompt).Select(prompt => _model.Texts.Create(request with { Prompt = prompt }))]);
        Tensor hidden = scope.Keep(_model.Model.Transformer.Forward(tape, version, wanted.Ids, wanted.Sequences));
        Tensor logits = scope.Keep(_model.Model.Transformer.Logits(tape, scope.Keep(tape.Rows(hidden, wanted.AnswerRows))));
        float share = _settings.EditShare / wanted.Texts.Count;
        Tensor loss = scope.Keep(tape.CrossEntropy(logits, wanted.Targets, [.. wanted.Weights.Select(weight => weight * share)]));
        int[][] neighbours = [.. request.Neighbours.Take(2).Select(question => _model.Texts.Prompts.Encode(question).ToArray())];
        if (neighbours.Length == 0)
        {
            return loss;
        }

        int[] ids = [.. neighbours.SelectMany(tokens => tokens)];
        SequenceRows[] sequences = [.. neighbours.Select(tokens => new SequenceRows(tokens.Length))];
        Tensor before = scope.Keep(Logits(_model.Ops, WeightVersion.Base, ids, sequences));
        Tensor divergence = scope.Keep(tape.KlDivergence(before, scope.Keep(Logits(tape, version, ids, sequences))));
        return scope.Keep(tape.Add(loss, divergence));
    }

    private Tensor Logits(Operations ops, WeightVersion version, int[] ids, SequenceRows[] sequences)
    {
        using Tensor hidden = _model.Model.Transformer.Forward(ops, version, ids, sequences);
        return _model.Model.Transformer.Logits(ops, hidden);
    }
}
