using System.Security.Cryptography;
using System.Text.Json;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring.Measures;
using Ibke.Runtime.Scoring.Skills;
using Ibke.Runtime.Scoring.Questions;
using Ibke.Runtime.Scoring.Replies;
using Ibke.Runtime.Scoring.Reports;
using Ibke.Runtime.Scoring.Runs;

namespace Ibke.Runtime.Scoring;

/// <summary>
/// Scores ways of editing on the same model, cases and questions: free greedy generation, counted as right only if the whole answer and its end are.
/// </summary>
/// <remarks>
/// Every step is written to a journal in the run's folder. A run that was cancelled or killed goes on there; so does one with further methods or
/// numbers of edits. Used by one thread; the model must have no edits in force, and has none afterwards.
/// </remarks>
public sealed class ScoreRun
{
    private const int RevertPrompts = 4;

    private readonly LanguageModel _model;
    private readonly ScoreSettings _settings;
    private readonly ModelCard _card;
    private readonly PromptEncoder _encoder;
    private readonly BatchedDecoding _decoding;
    private readonly IReadOnlyList<EditCase> _cases;
    private readonly SkillSuite? _skills;

    /// <summary>Prepares a run; nothing is asked or written yet.</summary>
    /// <param name="model">The model; stays the caller's.</param>
    /// <param name="settings">What is scored.</param>
    /// <exception cref="ScoreException">The settings do not fit each other or the model; says which.</exception>
    /// <exception cref="InvalidOperationException">The model has edits in force, no chat template, or no token that ends a reply.</exception>
    public ScoreRun(LanguageModel model, ScoreSettings settings)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(settings);
        if (model.Versions.Current.Edits.Count > 0)
        {
            throw new InvalidOperationException("The model has edits in force; score a model that has none.");
        }

        _model = model;
        _settings = settings.Validate();
        _card = ModelCard.Load(model.Folder);
        _encoder = new PromptEncoder(model);
        _decoding = new BatchedDecoding(model, _encoder.Ends, settings.MaximumReplyTokens);
        _cases = ChangedFacts.Distinct(_card, settings.Cases);
        if (settings.Edits.Max() is var most && most > _cases.Count)
        {
            throw new ScoreException($"{most} edits cannot be in force: there are {settings.Cases.Count} cases, of {_cases.Count} different facts.");
        }

        _skills = settings.SkillFiles.Count > 0 ? SkillSuite.Load(model, _encoder, settings.SkillFiles) : null;
    }

    /// <summary>The groups of edits that each method is scored on.</summary>
    public int Groups => AllGroups().Length;

    /// <summary>Runs, or goes on with, the scoring of some methods.</summary>
    /// <param name="methods">The methods, in the order of the report. Their names must differ.</param>
    /// <param name="progress">Is told where the run stands; null for nobody.</param>
    /// <param name="cancellationToken">Ends the run; what is done stays done.</param>
    /// <exception cref="ScoreException">The folder holds the journal of another run, or a damaged one.</exception>
    public ScoreReport Run(
        IReadOnlyList<ScoredMethod> methods, Action<ScoreProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(methods);
        if (methods.Count == 0 || methods.DistinctBy(method => method.Name).Count() < methods.Count)
        {
            throw new ScoreException("Give at least one method, and each of them once.");
        }

        using ScoreJournal journal = ScoreJournal.Open(_settings.Folder, Identity());
        CaseBank cases = new(_model, _card, _encoder, _decoding, journal, CaseSet.Scored, _cases);
        CaseBank validation = new(_model, _card, _encoder, _decoding, journal, CaseSet.Validation, ChangedFacts.Distinct(_card, _settings.Validation));
        (int Edits, int Group)[] groups = AllGroups();
        int done = 0, total = groups.Length * methods.Count;
        void Tell(string step) => progress?.Invoke(new ScoreProgress(step, done, total));
        cases.Prepare(
            groups.Max(group => (group.Group + 1) * group.Edits),
            count => Tell($"unedited model: {count} of {_cases.Count} cases"),
            cancellationToken);
        validation.Prepare(validation.Count, count => Tell($"unedited model: {count} of {validation.Count} validation cases"), cancellationToken);
        CaseAsker asker = new(_model, _encoder, _decoding);
        MethodTuning tuning = new(validation, asker, _card, journal, _settings.TuningBudget);
        IReadOnlyList<int>[] probes = [.. _cases.Take(RevertPrompts).Select(item => _encoder.Prompt(QuestionContent.Turn(item.Prompt)))];
        GroupScorer scorer = new(
            _model, _card, cases, asker, new TextDrift(_model, _card.Text), new RevertCheck(_model, probes), _skills, journal);
        List<TunedMethod> tuned = [];
        foreach (ScoredMethod method in methods)
        {
            (EditMethodChoice best, IReadOnlyList<TuningTrial> trials) = tuning.Choose(
                method, settings => Tell($"{method.Name}: trying {settings}"), cancellationToken);
            tuned.Add(new TunedMethod(method.Name, best.Settings, method.Choices.Count, trials));
            GroupKey[] open = [.. groups.Select(group => new GroupKey(method.Name, group.Edits, group.Group)).Where(key => !scorer.IsDone(key))];
            done += groups.Length - open.Length;
            ScoreOpen(best, open, scorer, key => done++, (key, step) => Tell($"{key.Method}, {key.Edits} in force: {step}"), cancellationToken);
        }

        return ReportBuilder.Build(_model, _settings, _cases, tuned, groups, journal.Entries);
    }

    private static void ScoreOpen(
        EditMethodChoice candidate,
        GroupKey[] open,
        GroupScorer scorer,
        Action<GroupKey> finished,
        Action<GroupKey, string> progress,
        CancellationToken cancellationToken)
    {
        if (open.Length == 0)
        {
            return;
        }

        IEditMethod method = candidate.Create();
        using IDisposable? owned = method as IDisposable;
        foreach (GroupKey key in open)
        {
            scorer.Score(method, key, step => progress(key, step), cancellationToken);
            finished(key);
        }
    }

    // The groups of a number are disjoint and begin with the first cases.
    private (int Edits, int Group)[] AllGroups() =>
    [
        .. from edits in _settings.Edits.Distinct().Order()
           from @group in Enumerable.Range(0, Math.Max(1, Math.Min(_settings.Sample, _cases.Count) / edits))
           select (edits, @group),
    ];

    private RunIdentity Identity()
    {
        string editor = Path.Combine(_settings.EditorFolder ?? _model.Folder, EditorTensors.FileName);
        return new RunIdentity(
            _model.ContentHash,
            File.Exists(editor) ? HashOfFile(editor) : null,
            HashOf(_cases),
            _settings.SkillFiles.Count > 0 ? string.Join(' ', _settings.SkillFiles.Select(HashOfFile)) : null,
            _settings.Validation.Count > 0 ? HashOf(_settings.Validation) : null,
            _settings.Training.Count > 0 ? HashOf(_settings.Training) : null,
            _settings.TextFiles.Count > 0 ? string.Join(' ', _settings.TextFiles.Select(HashOfFile)) : null);
    }

    private static string HashOf(IReadOnlyList<EditCase> cases) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(cases)));

    private static string HashOfFile(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
