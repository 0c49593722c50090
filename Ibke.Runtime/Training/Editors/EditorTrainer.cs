using Ibke.Runtime.Editing;
using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Optimizers;
using Ibke.Runtime.Training.Schedules;

namespace Ibke.Runtime.Training.Editors;

/// <summary>
/// Trains an editor's network. A step draws a group of edits, computes them, puts all of them in force together, and asks for the edits,
/// rephrasings and unrelated prompts under their total update.
/// </summary>
/// <remarks>Not thread-safe. A step depends on the seed, its number, the values and the bank, and on nothing else: it can be taken again.</remarks>
internal sealed class EditorTrainer
{
    private const float SecondDecay = 0.999f;

    private readonly LanguageModel _model;
    private readonly EditorSettings _settings;
    private readonly EditorStatistics _statistics;
    private readonly EditorTrainingOptions _options;
    private readonly GroupSampler _sampler;
    private readonly GroupForm _form;
    private readonly AdamW _network;
    private readonly AdamW _scales;

    /// <summary>Takes over what training begins with.</summary>
    public EditorTrainer(
        LanguageModel model,
        EditorSettings settings,
        EditorStatistics statistics,
        IReadOnlyList<TrainableParameter> weights,
        GroupForm form,
        GroupSampler sampler,
        EditorTrainingOptions options)
    {
        (_model, _settings, _statistics, _form, _sampler, _options) = (model, settings, statistics, form, sampler, options);
        Weights = weights;
        Parameters = [.. weights, .. form.Parameters];
        Bank = new NeuronBank(options.Background);
        AdamWSettings adam = new(SecondDecay: SecondDecay);
        _network = new AdamW([.. weights.Where(parameter => !IsScale(parameter))], adam);
        _scales = new AdamW([.. weights.Where(IsScale), .. form.Parameters], adam);
        Schedule = new LearningRateSchedule
        {
            Steps = options.Steps, WarmUpSteps = options.WarmUpSteps, FinalShare = options.FinalRate, Fall = RateFall.Cosine,
        };
    }

    /// <summary>The weights of the network.</summary>
    public IReadOnlyList<TrainableParameter> Weights { get; }

    /// <summary>All that is trained: the weights of the network, and what the form has.</summary>
    public IReadOnlyList<TrainableParameter> Parameters { get; }

    /// <summary>What changes them.</summary>
    public IReadOnlyList<Optimizer> Optimizers => [_network, _scales];

    /// <summary>How the learning rate changes.</summary>
    public LearningRateSchedule Schedule { get; }

    /// <summary>The layers of the model.</summary>
    public int Layers => _settings.Layers;

    /// <summary>Earlier edits.</summary>
    public NeuronBank Bank { get; }

    /// <summary>Computes edits with the present values, as in use.</summary>
    public (EditComputation Computation, UpdateForm Form) Computation()
    {
        EditorNetwork network = Network(_model.Engine.Operations, Tensors());
        UpdateForm form = _form.InUse(network);
        return (new EditComputation(_model, network, form, _settings.Rounds), form);
    }

    /// <summary>Takes one step.</summary>
    /// <param name="step">Its number, from 0.</param>
    /// <exception cref="ArithmeticException">The loss or a gradient is not a finite number. The values are as before.</exception>
    public EditorLosses Step(int step)
    {
        RandomSource random = new(((ulong)(uint)_options.Seed << 32) | (uint)step);
        EditGroup group = _sampler.Sample(random, [.. Bank.Edits.Select(edit => edit.Fact)]);
        IReadOnlyList<BankedEdit> background = Bank.Without(group.Facts);
        bool second = random.NextDouble() < _options.SecondRounds;
        Dictionary<string, Tensor> weights = Tensors();
        using GradientTape tape = _model.Engine.Record();
        foreach (Tensor weight in weights.Values)
        {
            tape.Watch(weight);
        }

        EditorNetwork network = Network(tape, weights);
        using GroupUpdate update = GroupUpdate.Compute(
            _model, tape, network, _form.InUse(network), group.Texts, second, random, _settings.LatentSize);
        WeightVersion version = update.Version(tape, _form, network.Space, background, weights);
        GroupLoss loss = GroupLoss.Compute(_model, tape, version, group.Prompts, update.Divergence, _options.Weights);
        using (loss.Total)
        {
            Descend(tape, loss.Total, weights, step);
        }

        Bank.Add(_options.Background == 0 ? [] : group.Facts.Zip(update.Factors(), (fact, factors) => new BankedEdit(fact, factors)));
        foreach (Tensor weight in weights.Values)
        {
            weight.Dispose();
        }

        return loss.Parts;
    }

    private static bool IsScale(TrainableParameter parameter) => parameter.Name is EditorWeights.StepSize or EditorWeights.Sharpness;

    private void Descend(GradientTape tape, Tensor loss, Dictionary<string, Tensor> weights, int step)
    {
        IReadOnlyList<Tensor> gradients = tape.Gradients(loss, [.. Parameters.Select(parameter => weights[parameter.Name])]);
        for (int i = 0; i < gradients.Count; i++)
        {
            gradients[i].CopyTo(Parameters[i].Gradient);
            gradients[i].Dispose();
        }

        double norm = GradientClipping.Clip(Parameters, _options.ClipNorm);
        if (!double.IsFinite(norm) || !float.IsFinite(loss.ToScalar()))
        {
            throw new ArithmeticException(
                $"The loss of step {step} is {loss.ToScalar()} and the norm of its gradient {norm}. Lower the learning rate, or begin from other weights.");
        }

        double rate = _options.LearningRate * Schedule.Factor(step);
        _network.Step((float)rate);
        _scales.Step((float)(rate * _options.StepSizeRate));
    }

    private Dictionary<string, Tensor> Tensors() => Parameters.ToDictionary(
        parameter => parameter.Name, parameter => _model.Engine.Create(parameter.Shape, parameter.Values), StringComparer.Ordinal);

    private EditorNetwork Network(Operations ops, Dictionary<string, Tensor> weights) => new(_settings, _statistics, weights, _model.Engine, ops);
}
