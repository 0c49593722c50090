using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;
using Ibke.Runtime.Models.Families;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tokenization;
using Ibke.Runtime.Training.Batches;
using Ibke.Runtime.Training.Data;
using Ibke.Runtime.Training.Optimizers;
using Ibke.Runtime.Training.Schedules;

namespace Ibke.Runtime.Training.LanguageModels;

/// <summary>
/// Trains a language model from random weights by a recipe. The folder gets <c>training.jsonl</c>, one report a line, and in the end a complete model;
/// meanwhile <c>checkpoint</c> in it is a model as well, and what a run that was ended early goes on from, to the bit.
/// </summary>
public sealed class TrainingRun
{
    private const string CheckpointFolder = "checkpoint";
    private const string StateFile = "training.safetensors";
    private const int ReportEvery = 25;

    private readonly TrainingRecipe _recipe;
    private readonly Engine _engine;
    private readonly string _folder;
    private readonly string _workspace;
    private readonly string _statePath;

    private TrainingRun(TrainingRecipe recipe, string folder, Engine engine)
    {
        _recipe = recipe;
        _engine = engine;
        _folder = folder;
        _workspace = Path.Combine(folder, CheckpointFolder);
        _statePath = Path.Combine(_workspace, StateFile);
    }

    /// <summary>Trains a model, or goes on with it where the folder holds a checkpoint.</summary>
    /// <param name="recipe">How. A run that goes on must have the same.</param>
    /// <param name="folder">Where the model goes; it is made where there is none.</param>
    /// <param name="engine">Computes; stays the caller's.</param>
    /// <param name="progress">Is called every 25 steps and after the last; may be null.</param>
    /// <param name="cancellation">Ends the run after the step it is at; a checkpoint is written first.</param>
    /// <exception cref="InvalidDataException">The recipe is impossible, the checkpoint is of another one, or the folder holds a finished model.</exception>
    /// <exception cref="TrainingDataException">A line of a file cannot be used.</exception>
    /// <exception cref="CheckpointException">The checkpoint or the given tokenizer is damaged.</exception>
    /// <exception cref="ArithmeticException">The loss became infinite or not a number; the last checkpoint stays.</exception>
    public static void Run(
        TrainingRecipe recipe, string folder, Engine engine, Action<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(engine);
        if (recipe.FindProblem() is { } problem)
        {
            throw new InvalidDataException(problem);
        }

        TrainingRun run = new(recipe, folder, engine);
        if (!ModelFolder.HasWeights(folder))
        {
            run.Run(progress, cancellation);
        }
        else if (Directory.Exists(run._workspace))
        {
            // The process was killed after the model was complete.
            Directory.Delete(run._workspace, recursive: true);
        }
        else
        {
            throw new InvalidDataException($"{folder} holds a model already. Give another folder.");
        }
    }

    private void Run(Action<TrainingProgress>? progress, CancellationToken cancellation)
    {
        TrainingState? state = File.Exists(_statePath) ? TrainingCheckpoint.ReadState(_statePath) : null;
        string identity = Identity();
        if (state is not null && state.Recipe != identity)
        {
            throw new InvalidDataException(
                $"{_workspace} is of another recipe, or data files have changed since. Go on with the same ones, give another folder, or remove it to begin anew.");
        }

        PrepareWorkspace(isNew: state is null, cancellation);
        TransformerConfig config = ModelFamilies.ReadConfig(ConfigFile.Open(_workspace));
        LanguageModelTrainer trainer = CreateTrainer(config);
        if (state is not null)
        {
            TrainingCheckpoint.Read(_statePath, trainer, state);
        }

        List<BatchSource> sources = [];
        try
        {
            DocumentReader reader = DocumentReader.Load(_workspace);
            foreach (DataShare data in _recipe.Data)
            {
                sources.Add(new BatchSource(data.Name, DocumentFile.Open(data.File, reader), data.Share));
            }

            state ??= new TrainingState(identity, BatchPosition.Start(sources.Count), [], MeterSums.Empty(sources.Count), 0);
            using BatchStream batches = new(sources, Settings(config), state.Position);
            Train(trainer, batches, state, progress, cancellation);
            WriteReadme(config, [.. sources.Select(source => new TrainedFile(source.Name, source.File.Count))]);
        }
        finally
        {
            sources.ForEach(source => source.File.Dispose());
        }

        ModelFolder.Copy(_workspace, _folder);
        Directory.Delete(_workspace, recursive: true);
    }

    private void Train(
        LanguageModelTrainer trainer, BatchStream batches, TrainingState state, Action<TrainingProgress>? progress, CancellationToken cancellation)
    {
        OptimizerChoice choice = _recipe.Optimizer;
        LearningRateSchedule schedule = new()
        {
            Steps = _recipe.Steps, WarmUpSteps = choice.WarmUpSteps, FlatShare = choice.FlatShare, FinalShare = choice.FinalShare, Fall = choice.Fall,
        };
        TrainingMeter meter = new([.. _recipe.Data.Select(data => data.Name)]);
        meter.Restore(state.Sums);
        TrainingLog log = Log();
        log.KeepFirst(state.Position.Step);
        BatchPosition position = state.Position;
        TimeSpan elapsed = TimeSpan.FromSeconds(state.Seconds);
        try
        {
            while (position.Step < _recipe.Steps)
            {
                cancellation.ThrowIfCancellationRequested();
                long start = Stopwatch.GetTimestamp();
                PreparedStep step = batches.Next(cancellation);
                StepResult result = trainer.Step(step.Batches, schedule.Factor(step.Step));
                position = step.Position;
                TimeSpan time = Stopwatch.GetElapsedTime(start);
                elapsed += time;
                meter.Add(step, result, time.TotalSeconds);
                if (position.Step % ReportEvery == 0 || position.Step == _recipe.Steps)
                {
                    TrainingProgress report = meter.Report(position.Step, _recipe.Steps, schedule.Factor(step.Step), elapsed);
                    log.Add(report);
                    progress?.Invoke(report);
                }

                if (position.Step % _recipe.CheckpointEvery == 0 || position.Step == _recipe.Steps)
                {
                    Save();
                }
            }
        }
        catch (OperationCanceledException)
        {
            Save();
            throw;
        }

        void Save()
        {
            TrainingCheckpoint.Write(
                _statePath,
                trainer,
                state with { Position = position, OptimizerSteps = [.. trainer.Optimizers.Select(optimizer => optimizer.Steps)], Sums = meter.Sums, Seconds = elapsed.TotalSeconds });
            ModelFolder.WriteWeights(_workspace, trainer.Parameters);
        }
    }

    private TrainingLog Log() => new(Path.Combine(_folder, "training.jsonl"));

    private void WriteReadme(TransformerConfig config, IReadOnlyList<TrainedFile> files)
    {
        if (Log().Last() is { } last)
        {
            using Checkpoint weights = Checkpoint.Open(_workspace);
            string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_folder)));
            ModelReadme.Write(_folder, ModelReadme.Of(name, _recipe.WithPaths(Path.GetFileName!), config, weights, files, last));
        }
    }

    // What an ended run left aside, and what a run that came to no checkpoint wrote, is of no use.
    private void PrepareWorkspace(bool isNew, CancellationToken cancellation)
    {
        if (isNew && Directory.Exists(_workspace))
        {
            Directory.Delete(_workspace, recursive: true);
        }

        Directory.CreateDirectory(_workspace);
        foreach (string left in Directory.EnumerateFiles(_workspace, "*.tmp"))
        {
            File.Delete(left);
        }

        if (isNew)
        {
            ModelFolder.WriteFrame(_workspace, _recipe, cancellation);
        }
    }

    private BatchSettings Settings(TransformerConfig config)
    {
        CopyingRows? copying = null;
        if (_recipe.CopyingShare.Values.Any(share => share > 0))
        {
            Tokenizer tokenizer = Tokenizer.Load(_workspace);
            HashSet<string> named = [.. tokenizer.AddedTokens];
            copying = new CopyingRows(Enumerable.Range(0, tokenizer.VocabularySize)
                .Where(id => tokenizer.TokenText(id) is { } text && !named.Contains(text)));
        }

        return new BatchSettings(
            _recipe.TokensPerStep, _recipe.TokensPerPass ?? int.MaxValue, config.ContextLength, copying, _recipe.CopyingShare, _recipe.CopyingLength, _recipe.Seed);
    }

    private LanguageModelTrainer CreateTrainer(TransformerConfig config)
    {
        IReadOnlyList<TrainableParameter> parameters = _recipe.StartFrom is { } start
            ? InitialWeights.Load(config, _engine, start)
            : InitialWeights.Draw(config, _engine, _recipe.Seed);
        OptimizerChoice choice = _recipe.Optimizer;
        AdamWSettings plain = new(choice.AdamwBetas[0], choice.AdamwBetas[1]);
        List<OptimizerGroup> groups = [];
        List<TrainableParameter> matrices = [.. parameters.Where(parameter => parameter.Shape.Rank == 2)];
        if (choice.MuonRate is { } rate)
        {
            string blocks = ModelFamilies.Find(config.Architecture).Names.Block.Split("{0}")[0];
            List<TrainableParameter> hidden = [.. matrices.Where(parameter => parameter.Name.Contains(blocks, StringComparison.Ordinal))];
            groups.Add(new OptimizerGroup(new Muon(hidden, _engine, new MuonSettings { WeightDecay = choice.MuonDecay }), rate));
            matrices = [.. matrices.Except(hidden)];
        }

        groups.Add(new OptimizerGroup(new AdamW(matrices, plain with { WeightDecay = choice.AdamwDecay }), choice.AdamwRate));
        groups.Add(new OptimizerGroup(new AdamW([.. parameters.Where(parameter => parameter.Shape.Rank < 2)], plain), choice.AdamwRate));
        return new LanguageModelTrainer(_engine, config, parameters, groups, choice.ClipNorm);
    }

    // The same wherever the files lie, and another one once a file has another length.
    private string Identity()
    {
        TrainingRecipe named = _recipe.WithPaths(Path.GetFileName!);
        IEnumerable<string> lengths = _recipe.Data.Select(data => File.Exists(data.File) ? $"{data.Name} {new FileInfo(data.File).Length}" : data.Name);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [named.ToJson(), .. lengths]))));
    }
}
