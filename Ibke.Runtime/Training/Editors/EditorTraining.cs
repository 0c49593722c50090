using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Data;
using Ibke.Runtime.Training.Optimizers;
using Ibke.Runtime.Training.Schedules;

namespace Ibke.Runtime.Training.Editors;

/// <summary>
/// Trains the editor of a model. The folder gets <c>editor.json</c>, <c>editor.safetensors</c> and a card; meanwhile a checkpoint in it is what a run that
/// was ended early goes on from, with the same losses to the bit.
/// </summary>
public sealed class EditorTraining
{
    private const int StatisticsEdits = 320;
    private const int TrialEdits = 64;
    private const int ReportInterval = 10;
    private const double SmoothShare = 0.05;

    // Recall leaves the first third of the layers alone: what stands there tells edits apart worst (docs/ibke.md).
    private const int UneditedShare = 3;

    // Of the linear form, in parts of the hidden size, which is what x C⁻¹ xᵀ is on average.
    private const float InitialRidge = 0.3f;

    private readonly LanguageModel _model;
    private readonly EditorTrainingData _data;
    private readonly EditorTrainingOptions _options;
    private readonly string _folder;
    private readonly CaseEncoder _encoder;
    private readonly BaseReplies _replies;
    private readonly Action<EditorTrainingProgress> _progress;
    private readonly CancellationToken _cancellation;

    private EditorTraining(
        LanguageModel model,
        EditorTrainingData data,
        string folder,
        EditorTrainingOptions options,
        Action<EditorTrainingProgress>? progress,
        CancellationToken cancellation)
    {
        (_model, _data, _folder, _options, _cancellation) = (model, data, folder, options, cancellation);
        _encoder = new CaseEncoder(model, options.Form);
        _replies = new BaseReplies(model, _encoder);
        _progress = progress ?? (_ => { });
    }

    /// <summary>Trains an editor, or goes on with it where the folder holds a checkpoint.</summary>
    /// <param name="model">Its weights are not changed; edits in force do not count. Stays the caller's.</param>
    /// <param name="data">The edits.</param>
    /// <param name="folder">Where the editor goes; it is made where there is none.</param>
    /// <param name="options">How. A run that goes on must have the same.</param>
    /// <param name="progress">Is called before the first step, every ten steps and after the last, and after each look at held-out edits; may be null.</param>
    /// <param name="cancellation">Ends the run after the step it is at; a checkpoint is written first.</param>
    /// <returns>The scores of held-out edits at the end; none where there are no such edits.</returns>
    /// <exception cref="ArgumentException">There are no edits to train on, or one is not possible: empty, with special tokens, or longer than the context.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is of other options, data or weights.</exception>
    /// <exception cref="InvalidOperationException">The model has no chat template.</exception>
    /// <exception cref="CheckpointException">The checkpoint is damaged.</exception>
    /// <exception cref="TrainingDataException">A line of the conversations cannot be used.</exception>
    /// <exception cref="ArithmeticException">The loss became infinite or not a number; the last checkpoint stays.</exception>
    public static IReadOnlyList<EditorScores> Run(
        LanguageModel model,
        EditorTrainingData data,
        string folder,
        EditorTrainingOptions options,
        Action<EditorTrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(options);
        if (data.Training.Count == 0)
        {
            throw new ArgumentException("There are no edits to train on.", nameof(data));
        }

        return new EditorTraining(model, data, folder, options.Validate(), progress, cancellation).Run();
    }

    private IReadOnlyList<EditorScores> Run()
    {
        Directory.CreateDirectory(_folder);
        int firstLayer = _options.Form == NeuronForm.Recall ? _model.Config.Layers / UneditedShare : 0;
        EditorSettings settings = new(
            Path.Combine(_folder, EditorSettings.FileName),
            _options.Form,
            _model.ContentHash,
            firstLayer,
            _model.Config.Layers - firstLayer,
            _model.Config.HiddenSize,
            _options.Form == NeuronForm.Recall ? Math.Min(_options.KeySize, _model.Config.HiddenSize) : _model.Config.HiddenSize,
            _options.LatentSize,
            _options.NetworkSize,
            _options.Rounds);
        DocumentReader reader = DocumentReader.Load(_model.Folder);
        using KeptConversations kept = new(reader, _data.Conversations, _model.Tokenizer);
        GroupSampler sampler = new(_data.Training, kept, _options, _encoder, _replies);
        EditText[] typical = Typical();
        EditorStatistics statistics = EditorStart.Measure(_model, firstLayer, typical);
        string checkpoint = Path.Combine(_folder, EditorCheckpoint.FileName);
        EditorTrainingState state = File.Exists(checkpoint)
            ? EditorCheckpoint.ReadState(checkpoint)
            : new EditorTrainingState(Identity(), 0, null, 0, []);
        if (state.Identity != Identity())
        {
            throw new InvalidDataException(
                $"{checkpoint} is of other options, data or weights. Go on with the same ones, give another folder, or remove it to begin anew.");
        }

        GroupForm form = _options.Form == NeuronForm.Linear
            ? new LinearGroupForm(_model.Engine, settings, EditorStart.Moments(_model, typical), InitialRidge * _model.Config.HiddenSize)
            : new SparseGroupForm(_model.Engine, _options.Form);
        float[]? metric = settings.Form == NeuronForm.Recall ? MetricStart.Measure(_model, firstLayer, statistics, typical, settings.KeySize) : null;
        float stepSize = state.Step == 0 ? TryStepSizes(settings, statistics, form, metric, typical) : 1;
        EditorTrainer trainer = new(_model, settings, statistics, Weights(settings, stepSize, metric), form, sampler, _options);
        if (state.Step > 0)
        {
            EditorCheckpoint.Read(checkpoint, trainer, state);
        }

        state = Train(trainer, state, checkpoint);
        IReadOnlyList<EditorScores> scores = Validate(trainer) is { } last ? [last] : [];
        EditorFolder.Write(_folder, settings, statistics, trainer.Weights, form, Card(state, scores));
        File.Delete(checkpoint);
        return scores;
    }

    private EditorTrainingState Train(EditorTrainer trainer, EditorTrainingState state, string checkpoint)
    {
        LearningRateSchedule schedule = trainer.Schedule;
        int first = state.Step;
        double seconds = 0;
        while (state.Step < _options.Steps)
        {
            if (_cancellation.IsCancellationRequested)
            {
                EditorCheckpoint.Write(checkpoint, trainer, state);
                _cancellation.ThrowIfCancellationRequested();
            }

            long start = Stopwatch.GetTimestamp();
            EditorLosses losses = trainer.Step(state.Step);
            double taken = Stopwatch.GetElapsedTime(start).TotalSeconds;
            seconds += taken;
            state = state with
            {
                Step = state.Step + 1, Losses = state.Losses?.Smooth(losses, SmoothShare) ?? losses, Seconds = state.Seconds + taken,
            };
            bool last = state.Step == _options.Steps;
            bool validate = !last && _options.ValidationInterval > 0 && state.Step % _options.ValidationInterval == 0;
            if (last || validate || state.Step % ReportInterval == 0)
            {
                double rate = seconds / (state.Step - first);
                _progress(new EditorTrainingProgress(
                    state.Step, _options.Steps, state.Losses, schedule.Factor(state.Step - 1), rate,
                    TimeSpan.FromSeconds(rate * (_options.Steps - state.Step)), validate ? Validate(trainer) : null));
            }

            if (last || state.Step % _options.CheckpointInterval == 0)
            {
                EditorCheckpoint.Write(checkpoint, trainer, state);
            }
        }

        return state;
    }

    private EditorScores? Validate(EditorTrainer trainer)
    {
        EditCase[] cases = [.. _data.Validation.DistinctBy(edit => (edit.Subject, edit.Relation, edit.Subject is null ? edit.Prompt : "")).Take(_options.ValidationEdits)];
        if (cases.Length == 0)
        {
            return null;
        }

        (EditComputation computation, UpdateForm form) = trainer.Computation();
        return new EditorValidation(_model, _encoder, _replies).Score(computation, form, cases, _cancellation);
    }

    // Edits over the whole file, in an order that the seed decides.
    private EditText[] Typical()
    {
        RandomSource random = new((ulong)(uint)_options.Seed);
        EditCase[] some = [.. _data.Training.Select(edit => (edit, random.NextBits())).OrderBy(pair => pair.Item2).Take(StatisticsEdits).Select(pair => pair.edit)];
        return [.. some.Select(edit => _encoder.Edit(edit, edit.Answer))];
    }

    private IReadOnlyList<TrainableParameter> Weights(EditorSettings settings, float stepSize, float[]? metric) =>
        EditorStart.Weights(settings, stepSize, _options.InitialThreshold ?? (settings.Form == NeuronForm.Recall ? 1 : 0), metric, new RandomSource((ulong)(uint)_options.Seed));

    private float TryStepSizes(EditorSettings settings, EditorStatistics statistics, GroupForm form, float[]? metric, EditText[] typical)
    {
        (float best, IReadOnlyList<StepSizeTrial> trials) = EditorStart.TryStepSizes(_model, [.. typical.Take(TrialEdits)], size =>
        {
            EditorNetwork network = new(
                settings,
                statistics,
                Weights(settings, size, metric).ToDictionary(weight => weight.Name, weight => _model.Engine.Create(weight.Shape, weight.Values), StringComparer.Ordinal),
                _model.Engine,
                _model.Engine.Operations);
            return new EditComputation(_model, network, form.InUse(network), rounds: 1);
        });
        foreach (StepSizeTrial trial in trials)
        {
            _progress(new EditorTrainingProgress(
                0, _options.Steps, null, 0, 0, TimeSpan.Zero, null,
                FormattableString.Invariant($"step size {trial.Size}: loss {trial.Loss:0.000}, right {trial.Right:P0}{(trial.Size == best ? ", taken" : "")}")));
        }

        return best;
    }

    private EditorCard Card(EditorTrainingState state, IReadOnlyList<EditorScores> scores) => new(
        _model.Id,
        _model.ContentHash,
        FormattableString.Invariant($"{_data.Name} ({_data.Training.Count:N0} edits)"),
        FormattableString.Invariant($"{_data.Validation.Count:N0} edits"),
        _options,
        state.Losses!,
        scores,
        TimeSpan.FromSeconds(state.Seconds));

    // The same wherever the files lie.
    private string Identity()
    {
        EditorTrainingOptions decisive = _options with { ValidationInterval = 0, ValidationEdits = 1, CheckpointInterval = 1 };
        string[] parts =
        [
            JsonSerializer.Serialize(decisive),
            _model.ContentHash,
            .. _data.Conversations.Select(path => FormattableString.Invariant($"{new FileInfo(path).Length}")),
            .. _data.Training.Select(edit => $"{edit.Id} {edit.Prompt} {edit.Answer} {edit.Rephrasings.Count} {edit.Locality.Count}"),
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
    }
}
