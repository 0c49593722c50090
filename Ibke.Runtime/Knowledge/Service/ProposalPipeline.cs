using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Bundles;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;

namespace Ibke.Runtime.Knowledge.Service;

/// <summary>Takes a proposal from its text to its publication, or to the step that stops it.</summary>
internal sealed class ProposalPipeline(KnowledgeEditor editor, KnowledgeStore store, SourcePanel sources, KnowledgeServiceOptions options)
{
    private const string Full = "capacity";

    /// <summary>See <see cref="KnowledgeService.ProposeAsync"/>.</summary>
    public async Task<ProposalResult> ProposeAsync(FactProposal proposal, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        ArgumentNullException.ThrowIfNull(caller);
        if (ProposalText.FindProblem(proposal) is { } problem)
        {
            throw new ArgumentException($"The proposal cannot be used: {problem}.", nameof(proposal));
        }

        EditRequest request = editor.Complete(proposal.Request) with { Requester = caller.Name };
        PolicyDecision admission = options.Policy.Admit(caller, KnowledgeRoles.Propose) is { IsRefused: true } refusal ? refusal : Limit(caller);
        if (admission.IsRefused)
        {
            // Not recorded: whoever has no right to write must not be able to fill the journal.
            return Report(caller, request, Refused(admission));
        }

        IReadOnlyList<Evidence> evidence = await sources.AskAsync(request, cancellationToken).ConfigureAwait(false);
        request = request with { Source = Name(evidence, request.Answer) ?? proposal.Request.Source ?? caller.ToString() };
        PolicyDecision decision = options.Policy.Decide(caller, request, editor.Card, evidence);
        options.AfterStep("authorised");
        EntryContent content = new()
        {
            By = EntryCaller.Of(caller), Request = request, Reason = proposal.Reason, Rule = decision.Rule, ValidUntil = proposal.ValidUntil?.ToUniversalTime(),
        };
        using IDisposable held = await editor.LockAsync(cancellationToken).ConfigureAwait(false);
        return Report(caller, request, await store.DecideAsync(
            () => decision switch
            {
                { IsRefused: true } => RefuseAsync(decision, content, cancellationToken),
                { Approvers: > 0 } => WaitAsync(decision, content, cancellationToken),
                _ => MakeAsync(null, content, null, cancellationToken),
            },
            cancellationToken).ConfigureAwait(false));
    }

    /// <summary>See <see cref="KnowledgeService.ApproveAsync"/>.</summary>
    public async Task<ProposalResult> ApproveAsync(string id, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(caller);
        if (options.Policy.Admit(caller, KnowledgeRoles.Approve) is { IsRefused: true } refusal)
        {
            return Refused(refusal) with { Id = id };
        }

        using IDisposable held = await editor.LockAsync(cancellationToken).ConfigureAwait(false);
        ProposalResult result = await store.DecideAsync(() => ApproveHeldAsync(id.Trim(), caller, cancellationToken), cancellationToken).ConfigureAwait(false);
        KnowledgeLog.Approved(options.Logger, caller.Name, id, result.Status, result.Reason);
        return result;
    }

    /// <summary>See <see cref="KnowledgeService.DeclineAsync"/>.</summary>
    public async Task<ProposalResult> DeclineAsync(string id, Caller caller, string? reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(caller);
        id = id.Trim();
        using IDisposable held = await editor.LockAsync(cancellationToken).ConfigureAwait(false);
        return await store.DecideAsync(
            async () =>
            {
                if (store.State.Proposal(id) is not { } proposal)
                {
                    return NotFound(id);
                }

                if (proposal.By != EntryCaller.Of(caller) && options.Policy.Admit(caller, KnowledgeRoles.Approve) is { IsRefused: true } refusal)
                {
                    return Refused(refusal) with { Id = id };
                }

                EntryContent content = new() { By = EntryCaller.Of(caller), Reason = reason };
                await store.RecordAsync(JournalEntryKind.Declined, id, content, null, cancellationToken).ConfigureAwait(false);
                return new ProposalResult(ProposalStatus.Declined, id, "", reason, 0, null);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>See <see cref="KnowledgeService.ImportAsync"/>.</summary>
    public async Task<IReadOnlyList<ImportResult>> ImportAsync(EditBundle bundle, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(caller);
        if (options.Policy.Admit(caller, KnowledgeRoles.Administer) is { IsRefused: true } refusal)
        {
            return [.. bundle.Edits.Select(edit => new ImportResult(edit.Id, Refused(refusal)))];
        }

        List<ImportResult> results = [];
        foreach (BundledEdit edit in bundle.Edits)
        {
            using IDisposable held = await editor.LockAsync(cancellationToken).ConfigureAwait(false);
            results.Add(new ImportResult(
                edit.Id, await store.DecideAsync(() => ImportAsync(edit, bundle.Hash, caller, cancellationToken), cancellationToken).ConfigureAwait(false)));
        }

        return results;
    }

    private static ProposalResult Refused(PolicyDecision decision) => new(ProposalStatus.Refused, null, decision.Rule, decision.Reason, 0, null);

    private static ProposalResult NotFound(string id) =>
        new(ProposalStatus.NotFound, id, "", "no proposal has that id, or it was decided already", 0, null);

    private static string? Name(IEnumerable<Evidence> evidence, string answer) =>
        evidence.FirstOrDefault(said => FactText.SameAnswer(said.Fact.Answer, answer))?.Fact.Source;

    private PolicyDecision Limit(Caller caller)
    {
        DateTimeOffset now = options.Clock.GetUtcNow();
        return Exceeds(options.Policy.CallerLimit, attempt => attempt.Caller == caller.Name) ? PolicyDecision.Refuse("rate", "too many proposals; try again later")
            : Exceeds(options.Policy.GlobalLimit, _ => true) ? PolicyDecision.Refuse("rate", "too many proposals of all callers; try again later")
            : PolicyDecision.Allowed;

        bool Exceeds(RateLimit? limit, Func<ProposalAttempt, bool> counts) =>
            limit is not null && store.State.Attempts.Count(attempt => attempt.Time > now - limit.Period && counts(attempt)) >= limit.Count;
    }

    private async Task<ProposalResult> RefuseAsync(PolicyDecision decision, EntryContent content, CancellationToken cancellationToken)
    {
        await store.RecordAsync(JournalEntryKind.Refused, "", content with { Reason = decision.Reason }, null, cancellationToken).ConfigureAwait(false);
        return Refused(decision);
    }

    private async Task<ProposalResult> WaitAsync(PolicyDecision decision, EntryContent content, CancellationToken cancellationToken)
    {
        string id = NextId();
        await store.RecordAsync(JournalEntryKind.Proposed, id, content with { Approvers = decision.Approvers }, null, cancellationToken).ConfigureAwait(false);
        return new ProposalResult(ProposalStatus.Waiting, id, decision.Rule, null, decision.Approvers, null);
    }

    private async Task<ProposalResult> ApproveHeldAsync(string id, Caller caller, CancellationToken cancellationToken)
    {
        if (store.State.Proposal(id) is not { } proposal)
        {
            return NotFound(id);
        }

        if (proposal.By == EntryCaller.Of(caller))
        {
            return new ProposalResult(ProposalStatus.Refused, id, "approval", "nobody approves what they have proposed", proposal.Approvers, null);
        }

        // One that has all its approvals and was not made was interrupted; it is made now.
        if (proposal.ApprovedBy.Count < proposal.Approvers)
        {
            if (proposal.ApprovedBy.Contains(caller.Name, StringComparer.Ordinal))
            {
                int missing = proposal.Approvers - proposal.ApprovedBy.Count;
                return new ProposalResult(ProposalStatus.Refused, id, "approval", "the same person approves once", missing, null);
            }

            await store.RecordAsync(JournalEntryKind.Approved, id, new EntryContent { By = EntryCaller.Of(caller) }, null, cancellationToken).ConfigureAwait(false);
            options.AfterStep("approved");
            proposal = store.State.Proposal(id)!;
        }

        return proposal.ApprovedBy.Count < proposal.Approvers
            ? new ProposalResult(ProposalStatus.Waiting, id, proposal.Rule, null, proposal.Approvers - proposal.ApprovedBy.Count, null)
            : await MakeAsync(
                id,
                new EntryContent
                {
                    By = proposal.By, Request = proposal.Request, Reason = proposal.Reason, Rule = proposal.Rule, ApprovedBy = proposal.ApprovedBy, ValidUntil = proposal.ValidUntil,
                },
                null,
                cancellationToken).ConfigureAwait(false);
    }

    // Computes, or takes an update that was computed elsewhere; judges, records and publishes.
    private async Task<ProposalResult> MakeAsync(string? id, EntryContent content, byte[]? update, CancellationToken cancellationToken)
    {
        if (store.State.Suspended)
        {
            return new ProposalResult(ProposalStatus.Refused, id, "suspended", "edits are suspended", 0, null);
        }

        EditLedger ledger = editor.Ledger;
        if (ledger.InForce.Count() >= options.Policy.MaximumEditsInForce && ledger.Newest(editor.Card.FactKey(content.Request!.Prompt)) is null)
        {
            return new ProposalResult(
                ProposalStatus.Refused, id, Full, $"there are {options.Policy.MaximumEditsInForce} edits in force, and no more may be", 0, null);
        }

        PreparedEdit prepared = await Task.Run(
            () => update is null ? editor.Prepare(content.Request!, cancellationToken) : editor.Prepare(content.Request!, update, cancellationToken),
            cancellationToken).ConfigureAwait(false);
        options.AfterStep("judged");
        return prepared.IsFit ? await PublishAsync(id, content, prepared, cancellationToken).ConfigureAwait(false)
            : await DropAsync(id, content, prepared, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ProposalResult> PublishAsync(string? id, EntryContent content, PreparedEdit prepared, CancellationToken cancellationToken)
    {
        id ??= NextId();
        JournalEntry entry;
        try
        {
            JournalUpdate update = JournalUpdate.Of(editor.Store(prepared.Candidate!.Edit));
            content = content with
            {
                Request = prepared.Request,
                Result = prepared.Result with { Id = id },
                Update = update.Hash,
                ProbationUntil = options.Probation > TimeSpan.Zero ? options.Clock.GetUtcNow() + options.Probation : null,
            };
            entry = await store.RecordAsync(JournalEntryKind.Published, id, content, update, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            prepared.Candidate!.Discard();
            throw;
        }

        options.AfterStep("recorded");
        EditResult result = editor.Publish(prepared, id, entry.Time);
        options.AfterStep("published");
        return new ProposalResult(ProposalStatus.Applied, id, content.Rule ?? "", null, 0, result);
    }

    private async Task<ProposalResult> DropAsync(string? id, EntryContent content, PreparedEdit prepared, CancellationToken cancellationToken)
    {
        EditResult result = prepared.Result;
        if (result.Status == EditStatus.Unchanged && id is null)
        {
            return new ProposalResult(ProposalStatus.Unchanged, null, "", null, 0, result);
        }

        string check = result.FailedCheck?.ToString() ?? "unchanged", reason = result.Reason ?? "the model says so already";
        await store.RecordAsync(
            JournalEntryKind.Rejected, id ?? "", content with { Rule = check, Reason = reason, Result = result }, null, cancellationToken).ConfigureAwait(false);
        return new ProposalResult(result.Status == EditStatus.Unchanged ? ProposalStatus.Unchanged : ProposalStatus.Rejected, id, check, reason, 0, result);
    }

    private async Task<ProposalResult> ImportAsync(BundledEdit edit, string bundle, Caller caller, CancellationToken cancellationToken)
    {
        if (store.State.Edits.Find(known => known.Update == edit.Update && known.Request.Prompt == edit.Request.Prompt) is { } there)
        {
            return new ProposalResult(ProposalStatus.Unchanged, there.Id, "import", "it is there already", 0, null);
        }

        if (options.Policy.Protected.Any(facts => facts.Matches(edit.Request, editor.Card)))
        {
            return Refused(PolicyDecision.Refuse("protected", "the fact is protected"));
        }

        EntryContent content = new()
        {
            By = EntryCaller.Of(caller), Request = edit.Request, Rule = "import", ApprovedBy = edit.ApprovedBy, ValidUntil = edit.ValidUntil,
            Reason = $"{edit.Id} of {edit.By.Name} in the bundle {bundle}",
        };
        return await MakeAsync(null, content, edit.Bytes, cancellationToken).ConfigureAwait(false);
    }

    // No two entries have one number, so no two edits one name.
    private string NextId() => FormattableString.Invariant($"e{store.State.Head.Sequence + 1}");

    private ProposalResult Report(Caller caller, EditRequest request, ProposalResult result)
    {
        KnowledgeLog.Proposed(options.Logger, caller.Name, request.Prompt, result.Status, result.Id, result.Reason);
        return result;
    }
}
