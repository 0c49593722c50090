using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Bundles;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Runtime.Knowledge.Service;

/// <summary>
/// The one way by which a served model's knowledge changes: propose → authorise → compute on a shadow version → judge → record → publish. What
/// is in force is what the journal says; after a restart it is the same to the bit.
/// </summary>
/// <remarks>
/// Thread-safe. An edit is acknowledged when its entry is on the disk; it is published right after. Changes wait for each other, chats never
/// wait. The editor must not be used directly as long as the service has it.
/// </remarks>
public sealed class KnowledgeService : IAsyncDisposable, IDisposable
{
    private readonly KnowledgeServiceOptions _options;
    private readonly KnowledgeStore _store;
    private readonly ProposalPipeline _pipeline;
    private readonly KnowledgeUpkeep _upkeep;
    private readonly KnowledgeTelemetry _telemetry;

    private KnowledgeService(KnowledgeEditor editor, EditJournal journal, KnowledgeServiceOptions options)
    {
        (Editor, Journal, _options) = (editor, journal, options);
        Sources = new SourcePanel(options.Sources);
        _store = new KnowledgeStore(editor, journal, options);
        _pipeline = new ProposalPipeline(editor, _store, Sources, options);
        _upkeep = new KnowledgeUpkeep(this, options);
        _telemetry = new KnowledgeTelemetry(() => _store.State, () => _store.LastSeen);
    }

    /// <summary>What is known, what waits, and whether edits are suspended.</summary>
    public KnowledgeState State => _store.State;

    /// <summary>The editor.</summary>
    public KnowledgeEditor Editor { get; }

    /// <summary>The journal.</summary>
    public EditJournal Journal { get; }

    /// <summary>What is true at present.</summary>
    internal SourcePanel Sources { get; }

    /// <summary>What a journal must have been made for to be that of an editor.</summary>
    public static JournalIdentity IdentityOf(KnowledgeEditor editor)
    {
        ArgumentNullException.ThrowIfNull(editor);
        return new JournalIdentity(editor.Model.ContentHash, editor.EditorHash, editor.Method);
    }

    /// <summary>Checks a journal from its first entry to its last, and puts in force what it says.</summary>
    /// <param name="editor">Must have no edits of its own. Stays the caller's.</param>
    /// <param name="journal">Made for <see cref="IdentityOf"/> the editor. The service disposes of it.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Until it is open nothing is in force.</param>
    /// <exception cref="ArgumentException">An option cannot be used.</exception>
    /// <exception cref="JournalDamagedException">An entry is not what was written; see <see cref="KnowledgeServiceOptions.ReadUpTo"/>.</exception>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    /// <exception cref="InvalidOperationException">The editor has edits of its own.</exception>
    public static async Task<KnowledgeService> OpenAsync(
        KnowledgeEditor editor, EditJournal journal, KnowledgeServiceOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(editor);
        ArgumentNullException.ThrowIfNull(journal);
        KnowledgeService service = new(editor, journal, (options ?? new KnowledgeServiceOptions()).Validate());
        using IDisposable held = await editor.LockAsync(cancellationToken).ConfigureAwait(false);
        if (editor.List().Count > 0)
        {
            throw new InvalidOperationException("The editor has edits that are in no journal; open the service before anything is edited.");
        }

        await service._store.OpenAsync(cancellationToken).ConfigureAwait(false);
        KnowledgeLog.Opened(service._options.Logger, journal.Name, service.State.Head.Sequence, service.State.Edits.Count);
        return service;
    }

    /// <summary>Asks the model itself: a free greedy answer from an empty conversation.</summary>
    /// <exception cref="ArgumentException">The question is empty or longer than the context.</exception>
    public Task<VerifyResult> VerifyAsync(string question, CancellationToken cancellationToken = default) => Editor.VerifyAsync(question, cancellationToken);

    /// <summary>Proposes an edit. If policy allows it at once, it is computed, judged, recorded and published.</summary>
    /// <exception cref="ArgumentException">A text is empty, too long, has control characters or special tokens; the message names it.</exception>
    /// <exception cref="FactSourceException">A source cannot be read; nothing changed.</exception>
    /// <exception cref="JournalException">It cannot be recorded; nothing changed.</exception>
    public Task<ProposalResult> ProposeAsync(FactProposal proposal, Caller caller, CancellationToken cancellationToken = default) =>
        _telemetry.MeasureAsync("propose", () => _pipeline.ProposeAsync(proposal, caller, cancellationToken));

    /// <summary>Approves a proposal of somebody else; with the last approval that it needs the edit is computed, judged, recorded and published.</summary>
    /// <exception cref="JournalException">It cannot be recorded; nothing changed.</exception>
    public Task<ProposalResult> ApproveAsync(string id, Caller caller, CancellationToken cancellationToken = default) =>
        _telemetry.MeasureAsync("approve", () => _pipeline.ApproveAsync(id, caller, cancellationToken));

    /// <summary>Turns a proposal down; whoever proposed it may take it back.</summary>
    /// <exception cref="JournalException">It cannot be recorded; nothing changed.</exception>
    public Task<ProposalResult> DeclineAsync(string id, Caller caller, string? reason = null, CancellationToken cancellationToken = default) =>
        _telemetry.MeasureAsync("decline", () => _pipeline.DeclineAsync(id, caller, reason, cancellationToken));

    /// <summary>Takes an edit back.</summary>
    /// <exception cref="FactSourceException">A source cannot be read; nothing changed.</exception>
    /// <exception cref="JournalException">It cannot be recorded; the edit stays.</exception>
    public async Task<ProposalResult> RevertAsync(string id, Caller caller, string? reason = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(caller);
        PolicyDecision decision = _options.Policy.Admit(caller, KnowledgeRoles.Revert);
        id = id.Trim();
        if (!decision.IsRefused && State.Edit(id) is { } wanted)
        {
            decision = _options.Policy.DecideRevert(caller, wanted.Request, await Sources.AskAsync(wanted.Request, cancellationToken).ConfigureAwait(false));
        }

        return decision.IsRefused
            ? new ProposalResult(ProposalStatus.Refused, id, decision.Rule, decision.Reason, 0, null)
            : await RevertAsync(id, EntryCaller.Of(caller), decision.Rule, reason, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Puts all edits out of force in one step, and keeps them: the model answers from its base weights.</summary>
    /// <returns>Refused, or applied.</returns>
    /// <exception cref="JournalException">It cannot be recorded; nothing changed.</exception>
    public Task<ProposalResult> SuspendAsync(Caller caller, string? reason = null, CancellationToken cancellationToken = default) =>
        SwitchAsync(caller, JournalEntryKind.Suspended, reason, cancellationToken);

    /// <summary>Puts them in force again.</summary>
    /// <returns>Refused, or applied.</returns>
    /// <exception cref="JournalException">It cannot be recorded; nothing changed.</exception>
    public Task<ProposalResult> ResumeAsync(Caller caller, string? reason = null, CancellationToken cancellationToken = default) =>
        SwitchAsync(caller, JournalEntryKind.Resumed, reason, cancellationToken);

    /// <summary>
    /// Puts the edits of a bundle in force, each judged here and recorded; one that is there already is passed over, so a bundle may be imported again.
    /// </summary>
    /// <param name="bundle">Read for <see cref="IdentityOf"/> this editor.</param>
    /// <param name="caller">Needs <see cref="KnowledgeRoles.Administer"/>; that others approved the edits where they come from stands for approval here.</param>
    /// <param name="cancellationToken">Looked at between edits; what is done stays done.</param>
    /// <exception cref="JournalException">An edit cannot be recorded; those before it are in force.</exception>
    public Task<IReadOnlyList<ImportResult>> ImportAsync(EditBundle bundle, Caller caller, CancellationToken cancellationToken = default) =>
        _pipeline.ImportAsync(bundle, caller, cancellationToken);

    /// <summary>Puts in force what other processes have written since.</summary>
    /// <returns>Whether there was anything.</returns>
    /// <exception cref="JournalException">The journal cannot be read, or is damaged; what is in force stays.</exception>
    public async Task<bool> SyncAsync(CancellationToken cancellationToken = default)
    {
        using IDisposable held = await Editor.LockAsync(cancellationToken).ConfigureAwait(false);
        return await _store.SyncAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Keeps a snapshot, and drops the bytes of updates that were taken back. Every entry stays.</summary>
    /// <returns>The number of updates dropped.</returns>
    /// <exception cref="JournalException">It cannot be written; nothing changed.</exception>
    public async Task<int> CompactAsync(CancellationToken cancellationToken = default)
    {
        using IDisposable held = await Editor.LockAsync(cancellationToken).ConfigureAwait(false);
        return await _store.DecideAsync(
            () => Journal.CompactAsync(State.ToSnapshot(), State.Edits.Select(edit => edit.Update).ToHashSet(StringComparer.Ordinal), cancellationToken),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Puts in force what other processes write, looks again at edits on probation, and ends facts whose time is over, until it is cancelled. A journal
    /// or source that cannot be reached is tried again.
    /// </summary>
    public Task RunAsync(CancellationToken cancellationToken) => _upkeep.RunAsync(cancellationToken);

    /// <summary>Looks once at the edits that are on probation or whose time is over; <see cref="RunAsync"/> does it again and again.</summary>
    /// <returns>The ids of the edits that were taken back.</returns>
    /// <exception cref="FactSourceException">A source cannot be read.</exception>
    /// <exception cref="JournalException">The journal cannot be reached.</exception>
    public Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken = default) => _upkeep.CheckAsync(cancellationToken);

    /// <summary>As <see cref="DisposeAsync"/>, for containers that are not disposed of asynchronously.</summary>
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _telemetry.Dispose();
        return Journal.DisposeAsync();
    }

    /// <summary>Takes an edit back by a rule of the service itself.</summary>
    internal Task<ProposalResult> RevertAsync(string id, EntryCaller by, string rule, string? reason, CancellationToken cancellationToken) =>
        _telemetry.MeasureAsync("revert", () => RevertHeldAsync(id, by, rule, reason, cancellationToken));

    /// <summary>Keeps an edit for longer.</summary>
    internal async Task RenewAsync(string id, DateTimeOffset? validUntil, DateTimeOffset? probationUntil, string rule, CancellationToken cancellationToken)
    {
        using IDisposable held = await Editor.LockAsync(cancellationToken).ConfigureAwait(false);
        await _store.DecideAsync(
            async () => State.Edit(id) is null ? null : await _store.RecordAsync(
                JournalEntryKind.Renewed, id,
                new EntryContent { By = EntryCaller.Upkeep, Rule = rule, ValidUntil = validUntil, ProbationUntil = probationUntil },
                null, cancellationToken).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<ProposalResult> RevertHeldAsync(string id, EntryCaller by, string rule, string? reason, CancellationToken cancellationToken)
    {
        using IDisposable held = await Editor.LockAsync(cancellationToken).ConfigureAwait(false);
        return await _store.DecideAsync(
            async () =>
            {
                if (State.Edit(id) is null)
                {
                    return new ProposalResult(ProposalStatus.NotFound, id, "", "no edit has that id, or it was taken back before", 0, null);
                }

                await _store.RecordAsync(JournalEntryKind.Reverted, id, new EntryContent { By = by, Rule = rule, Reason = reason }, null, cancellationToken)
                    .ConfigureAwait(false);
                KnowledgeLog.Reverted(_options.Logger, id, by.Name, rule, reason);
                return new ProposalResult(ProposalStatus.Applied, id, rule, null, 0, null);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<ProposalResult> SwitchAsync(Caller caller, JournalEntryKind kind, string? reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (_options.Policy.Admit(caller, KnowledgeRoles.Administer) is { IsRefused: true } refusal)
        {
            return new ProposalResult(ProposalStatus.Refused, null, refusal.Rule, refusal.Reason, 0, null);
        }

        using IDisposable held = await Editor.LockAsync(cancellationToken).ConfigureAwait(false);
        return await _store.DecideAsync(
            async () =>
            {
                if (State.Suspended == (kind == JournalEntryKind.Suspended))
                {
                    return new ProposalResult(ProposalStatus.Unchanged, null, "", null, 0, null);
                }

                await _store.RecordAsync(kind, "", new EntryContent { By = EntryCaller.Of(caller), Reason = reason }, null, cancellationToken).ConfigureAwait(false);
                KnowledgeLog.Switched(_options.Logger, kind, caller.Name, reason);
                return new ProposalResult(ProposalStatus.Applied, null, "", null, 0, null);
            },
            cancellationToken).ConfigureAwait(false);
    }
}
