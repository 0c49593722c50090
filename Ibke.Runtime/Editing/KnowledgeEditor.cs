using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Models;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Editing;

/// <summary>
/// Corrects what a running model knows (IBKE): computes an edit, judges it on a version that nobody sees, and publishes it only if it
/// is right, holds in other words, and leaves other answers alone.
/// </summary>
/// <remarks>
/// Thread-safe. Edits and reverts wait for each other; generations never wait, and keep the weights they began with. A cancelled or
/// rejected edit leaves no trace. One editor has a model to itself: it publishes the whole set of edits in force.
/// </remarks>
public sealed class KnowledgeEditor
{
    private readonly SemaphoreSlim _editing = new(1, 1);
    private readonly KnowledgeEditorOptions _options;
    private readonly EditTexts _texts;
    private readonly GreedyAnswers _answers;
    private readonly EditJudge _judge;
    private readonly EditSource _source;
    private volatile EditLedger _ledger = EditLedger.Empty;
    private WeightVersion _published;

    private KnowledgeEditor(LanguageModel model, string? editorFolder, KnowledgeEditorOptions options)
    {
        Model = model;
        Card = ModelCard.Load(model.Folder);
        _options = options;
        _published = model.Versions.Current;
        _source = EditSource.Load(model, editorFolder);
        _texts = new EditTexts(model, Card, _source.Form);
        _answers = new GreedyAnswers(model, _texts.Prompts, options.MaximumAnswerTokens);
        try
        {
            _judge = new EditJudge(model, Card, _texts.Prompts, _answers, options);
        }
        catch (Exception error) when (error is TemplateException or ArgumentException)
        {
            throw new CheckpointException(
                Path.Combine(model.Folder, ModelCard.FileName), $"has a canary that cannot be asked ({error.Message.TrimEnd('.')})", "Correct the file, or remove it.", error);
        }
    }

    /// <summary>The model that is edited.</summary>
    public LanguageModel Model { get; }

    /// <summary>What the model's folder says of its knowledge.</summary>
    public ModelCard Card { get; }

    /// <summary>How edits are computed: <c>ibke</c> or <c>ibke-linear</c> with a trained editor, <c>ft-m</c> (constrained fine-tuning) without one.</summary>
    public string Method => _source.Method;

    /// <summary>
    /// Whether an editor was trained for the model. Without one edits are still judged the same way, but they hold in fewer other wordings, take
    /// longer with every edit in force, and are refused more often.
    /// </summary>
    public bool IsTrained => _source.IsTrained;

    /// <summary>Loads the editor that was trained for a model; one without such is edited by a method that needs no training, see <see cref="IsTrained"/>.</summary>
    /// <param name="model">Must have no edits in force. Stays the caller's, and must outlive the editor.</param>
    /// <param name="editorFolder">Holds <c>editor.json</c> and <c>editor.safetensors</c>; null for the model's own folder, which may lack both.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="EditorMismatchException">The editor was made for another model.</exception>
    /// <exception cref="CheckpointException">A file is missing or damaged; says which and where.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The model has edits in force already, or no chat template.</exception>
    public static KnowledgeEditor Load(LanguageModel model, string? editorFolder = null, KnowledgeEditorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options = (options ?? new KnowledgeEditorOptions()).Validate();
        if (model.Versions.Current.Edits.Count > 0)
        {
            throw new InvalidOperationException("The model has edits in force that another editor published; a model has one editor.");
        }

        return new KnowledgeEditor(model, editorFolder, options);
    }

    /// <summary>Computes an edit, judges it and, if it passes, puts it in force.</summary>
    /// <remarks>
    /// An earlier edit of the same fact — the same question, or another wording of it that the card knows — is superseded: it stays in
    /// the list, out of force, and comes back when the new one is reverted.
    /// </remarks>
    /// <param name="request">What is to change.</param>
    /// <param name="cancellationToken">Until the edit is published it leaves no trace.</param>
    /// <exception cref="ArgumentException">
    /// Question or answer is empty, contains special tokens, or is longer than the context; or the answer is longer than
    /// <see cref="KnowledgeEditorOptions.MaximumAnswerTokens"/>.
    /// </exception>
    /// <exception cref="ArithmeticException">The model gives no finite loss for the edit.</exception>
    /// <exception cref="InvalidOperationException">Somebody else published edits of the model.</exception>
    public async Task<EditResult> EditAsync(EditRequest request, CancellationToken cancellationToken = default)
    {
        EditText text = Read(ref request);
        long start = _options.Clock.GetTimestamp();
        using IDisposable held = await LockAsync(cancellationToken).ConfigureAwait(false);
        return await Task.Run(
            () =>
            {
                PreparedEdit prepared = Prepare(request, () => _source.Compute(text, cancellationToken), start, cancellationToken);
                return prepared.IsFit ? Publish(prepared, _ledger.NextId, _options.Clock.GetUtcNow()) : prepared.Result;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks the model itself: a free greedy answer from an empty conversation.</summary>
    /// <exception cref="ArgumentException">The question is empty or longer than the context.</exception>
    public Task<VerifyResult> VerifyAsync(string question, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(question);
        return Task.Run(() => Verify(question, cancellationToken), cancellationToken);
    }

    /// <summary>Asks the model many questions, quickly where it answers as expected.</summary>
    /// <param name="questions">Each with the answer that is expected.</param>
    /// <param name="cancellationToken">Looked at between answers.</param>
    /// <returns>In their order; null for a question that cannot be asked: empty, with special tokens, or longer than the context.</returns>
    public Task<IReadOnlyList<VerifyResult?>> VerifyAsync(
        IReadOnlyList<(string Question, string Expected)> questions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        return Task.Run(() => Verify(questions, cancellationToken), cancellationToken);
    }

    /// <summary>Takes an edit back: removes it from the set of edits, so that what it changed is as if it had never been.</summary>
    /// <param name="id">As the edit's result gave it.</param>
    /// <param name="cancellationToken">Ends the wait for an edit that is being made.</param>
    /// <exception cref="InvalidOperationException">Somebody else published edits of the model.</exception>
    public async Task<RevertResult> RevertAsync(string id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        using IDisposable held = await LockAsync(cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Revert(id.Trim()), CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>The edits that were applied and not reverted, oldest first; superseded ones included.</summary>
    public IReadOnlyList<EditRecord> List() => _ledger.Records();

    /// <summary>Computes an edit and does nothing with it.</summary>
    internal ComputedEdit Compute(EditRequest request, CancellationToken cancellationToken = default) =>
        _source.Compute(_texts.Create(request), cancellationToken);

    /// <summary>The text that an edit is computed on.</summary>
    internal EditText TextOf(EditRequest request) => _texts.Create(request);

    /// <summary>Waits until nobody else edits; disposing of the result lets the next one in.</summary>
    internal async Task<IDisposable> LockAsync(CancellationToken cancellationToken)
    {
        await _editing.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Held(_editing);
    }

    /// <summary>A request as it will be computed: without surrounding spaces, with its subject.</summary>
    internal EditRequest Complete(EditRequest request) => _texts.Complete(request);

    /// <summary>Computes and judges an edit. Under the lock; what it gives must be published or dropped before the lock is given back.</summary>
    internal PreparedEdit Prepare(EditRequest request, CancellationToken cancellationToken)
    {
        EditText text = Read(ref request);
        return Prepare(request, () => _source.Compute(text, cancellationToken), _options.Clock.GetTimestamp(), cancellationToken);
    }

    /// <summary>Judges an edit that was computed elsewhere. Under the lock, as <see cref="Prepare(EditRequest, CancellationToken)"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are no update of this editor.</exception>
    internal PreparedEdit Prepare(EditRequest request, byte[] update, CancellationToken cancellationToken)
    {
        EditText text = Read(ref request);
        return Prepare(request, () => _source.Restore(text, update), _options.Clock.GetTimestamp(), cancellationToken);
    }

    /// <summary>Puts a prepared edit in force. Under the lock that it was prepared under.</summary>
    internal EditResult Publish(PreparedEdit prepared, string id, DateTimeOffset appliedAt)
    {
        WeightVersion published = Publish(prepared.Current, prepared.Candidate!.Together);
        EditResult result = prepared.Result with { Id = id, WeightVersion = published.Number };
        _ledger = _ledger.Add(new LedgerEntry(id, prepared.FactKey, prepared.Request, result, appliedAt, prepared.Candidate.Edit));
        return result;
    }

    /// <summary>Puts exactly these edits in force, or none of them while they are suspended. Under the lock.</summary>
    /// <param name="entries">In the order in which they were applied.</param>
    /// <param name="suspended">Whether they are only kept.</param>
    internal void Adopt(IReadOnlyList<LedgerEntry> entries, bool suspended)
    {
        EditLedger ledger = EditLedger.Of(entries);
        Publish(Current(), suspended ? [] : _source.Together([.. ledger.InForce.Select(entry => entry.Edit)], CancellationToken.None));
        _ledger = ledger;
    }

    /// <summary>What a version answers, whether it is published or not.</summary>
    internal string Ask(WeightVersion version, string question) => _answers.Answer(version, question, CancellationToken.None).Text;

    /// <summary>How strictly edits are judged.</summary>
    internal KnowledgeEditorOptions Options => _options;

    /// <summary>The applied edits.</summary>
    internal EditLedger Ledger => _ledger;

    /// <summary>An edit as bytes, from which <see cref="Restore"/> makes the same again.</summary>
    internal byte[] Store(ComputedEdit edit) => _source.Store(edit);

    /// <summary>An edit from its bytes.</summary>
    /// <exception cref="InvalidDataException">They are no update of this editor.</exception>
    internal ComputedEdit Restore(EditRequest request, byte[] update) => _source.Restore(_texts.Create(request), update);

    /// <summary>SHA-256 of the trained editor's tensors, in hexadecimal; empty where there is none.</summary>
    internal string EditorHash => _source.Hash;

    // Completes a request. A longer answer could be neither judged nor verified, for both cut it.
    private EditText Read(ref EditRequest request)
    {
        request = _texts.Complete(request);
        EditText text = _texts.Create(request);
        return text.Targets.Count <= _options.MaximumAnswerTokens
            ? text
            : throw new ArgumentException(
                $"The {nameof(request.Answer)} of an edit takes {text.Targets.Count} tokens with its end of turn, but "
                + $"{nameof(KnowledgeEditorOptions.MaximumAnswerTokens)} is {_options.MaximumAnswerTokens}. Shorten it, or raise that option.",
                nameof(request.Answer));
    }

    private PreparedEdit Prepare(EditRequest request, Func<ComputedEdit> compute, long start, CancellationToken cancellationToken)
    {
        WeightVersion current = Current();
        string key = Card.FactKey(request.Prompt);
        LedgerEntry? superseded = _ledger.Newest(key);
        ModelAnswer before = _answers.Answer(current, request.Prompt, cancellationToken);
        EditResult result = new()
        {
            Status = EditStatus.Unchanged, AnswerBefore = before.Text, AnswerAfter = before.Text, WeightVersion = current.Number,
        };
        if (before.Complete && FactText.SameAnswer(before.Text, request.Answer))
        {
            return new PreparedEdit(request, key, result with { Elapsed = Since(start) }, current, null);
        }

        long computing = _options.Clock.GetTimestamp();
        ComputedEdit edit = compute();
        result = result with
        {
            Rounds = edit.Rounds, Bytes = edit.Alone.Bytes, ComputeTime = Since(computing), Supersedes = superseded?.Id,
        };
        EditCandidate candidate = EditCandidate.Create(
            _source, edit, [.. _ledger.InForce.Where(entry => !ReferenceEquals(entry, superseded))], cancellationToken);
        bool fit = false;
        try
        {
            result = Judge(request, candidate, current, result, cancellationToken) with { Elapsed = Since(start) };
            cancellationToken.ThrowIfCancellationRequested();
            fit = result.Status == EditStatus.Applied;
            return new PreparedEdit(request, key, result, current, fit ? candidate : null);
        }
        finally
        {
            if (!fit)
            {
                candidate.Discard();
            }
        }
    }

    private EditResult Judge(
        EditRequest request, EditCandidate candidate, WeightVersion current, EditResult result, CancellationToken cancellationToken)
    {
        long judging = _options.Clock.GetTimestamp();
        WeightVersion shadow = Model.Versions.Shadow(candidate.Together);
        EditVerdict verdict = _judge.Judge(request, current, shadow, candidate.Staying, cancellationToken);
        result = result with
        {
            Status = EditStatus.Applied,
            AnswerAfter = verdict.AnswerAfter,
            Reliability = verdict.Reliability,
            Generality = verdict.Generality,
            EarlierEdits = verdict.EarlierEdits,
            Locality = verdict.Locality,
            Canaries = verdict.Canaries,
            Drift = verdict.Drift,
            TotalDrift = verdict.TotalDrift,
            JudgeTime = Since(judging),
        };
        return verdict.Fault(request, _options) is { } fault
            ? result with { Status = EditStatus.Rejected, FailedCheck = fault.Check, Reason = fault.Reason, Supersedes = null }
            : result;
    }

    private VerifyResult Verify(string question, CancellationToken cancellationToken)
    {
        WeightVersion version = Model.Versions.Current;
        return Result(question, _answers.Answer(version, question.Trim(), cancellationToken), version);
    }

    private VerifyResult Result(string question, ModelAnswer answer, WeightVersion version)
    {
        bool known = Card.UnknownAnswer is null || !FactText.SameAnswer(answer.Text, Card.UnknownAnswer);
        return new VerifyResult(
            question, answer.Text, answer.Complete, known, _ledger.Newest(Card.FactKey(question))?.Id, version.Number);
    }

    private IReadOnlyList<VerifyResult?> Verify(IReadOnlyList<(string Question, string Expected)> questions, CancellationToken cancellationToken)
    {
        WeightVersion version = Model.Versions.Current;
        DraftedQuestion[] asked =
        [
            .. questions.Where(question => CanBeAsked(question.Question)).Select(question => new DraftedQuestion(question.Question.Trim(), Draft(question.Expected))),
        ];
        Queue<ModelAnswer> answers = new(_answers.Answer(version, asked, cancellationToken));
        return [.. questions.Select(question => CanBeAsked(question.Question) ? Result(question.Question, answers.Dequeue(), version) : null)];

        ModelAnswer? Draft(string expected) => string.IsNullOrWhiteSpace(expected) ? null : _answers.Wanted(expected.Trim());

        bool CanBeAsked(string question) => !string.IsNullOrWhiteSpace(question) && _texts.Prompts.Encode(question.Trim()).Count + _options.MaximumAnswerTokens < Model.Config.ContextLength;
    }

    private RevertResult Revert(string id)
    {
        WeightVersion current = Current();
        if (_ledger.Find(id) is not { } entry)
        {
            return new RevertResult(RevertStatus.NotFound, id, null, current.Number);
        }

        EditLedger ledger = _ledger.Remove(entry);
        bool inForce = ReferenceEquals(_ledger.Newest(entry.FactKey), entry);
        if (inForce)
        {
            current = Publish(current, _source.Together([.. ledger.InForce.Select(staying => staying.Edit)], CancellationToken.None));
        }

        _ledger = ledger;
        return new RevertResult(RevertStatus.Reverted, id, inForce ? ledger.Newest(entry.FactKey)?.Id : null, current.Number);
    }

    private WeightVersion Current()
    {
        WeightVersion current = Model.Versions.Current;
        return current.Key == _published.Key
            ? current
            : throw OtherEditor();
    }

    private WeightVersion Publish(WeightVersion judged, IReadOnlyList<WeightEdit> edits) =>
        _published = Model.Versions.TryPublish(judged, edits, out WeightVersion? published) ? published : throw OtherEditor();

    private static InvalidOperationException OtherEditor() =>
        new("Another editor published edits of the model; a model has one editor.");

    private TimeSpan Since(long timestamp) => _options.Clock.GetElapsedTime(timestamp);

    private sealed class Held(SemaphoreSlim semaphore) : IDisposable
    {
        private SemaphoreSlim? _semaphore = semaphore;

        public void Dispose() => Interlocked.Exchange(ref _semaphore, null)?.Release();
    }
}
