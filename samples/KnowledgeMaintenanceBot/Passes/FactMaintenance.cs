using Ibke.Runtime.Editing;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sweeps;
using Ibke.Samples.KnowledgeMaintenanceBot.Boards;
using Ibke.Samples.KnowledgeMaintenanceBot.Sources;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Passes;

/// <summary>Brings facts from found to verified: asks the model, proposes, follows what waits, and asks again.</summary>
/// <remarks>One call at a time.</remarks>
internal sealed class FactMaintenance(KnowledgeService knowledge, IReadOnlyList<WatchedSource> sources, FactKeys keys, Board board, WorkList work)
{
    private static readonly TimeSpan _whenTooMany = TimeSpan.FromSeconds(5);

    /// <summary>Who proposes. It may not approve, so by the usual policy a source must say the same.</summary>
    public static Caller Bot { get; } = Caller.Service("maintenance-bot", KnowledgeRoles.Propose);

    /// <summary>Looks at some facts, and sees to those of which the model says something else.</summary>
    /// <returns>False where another process sweeps at present.</returns>
    public async Task<bool> LookAsync(IReadOnlyList<string> questions, CancellationToken cancellationToken)
    {
        StalenessSweep sweep = new(knowledge, new KnownFacts(sources, keys, questions), new SweepOptions { Share = 1, Batch = Math.Max(1, questions.Count) });
        if (await sweep.RunAsync(Bot, cancellationToken: cancellationToken).ConfigureAwait(false) is not { } report)
        {
            return false;
        }

        TrackedFact[] found = [.. report.Found.Select(Tracked)];
        foreach (string key in questions.Select(keys.Of).Except(found.Select(fact => fact.Key)))
        {
            await SettleAsync(key, cancellationToken).ConfigureAwait(false);
        }

        foreach (TrackedFact fact in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await SeeToAsync(fact, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Sees what became of the proposals that waited.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        foreach (TrackedFact fact in board.State.Facts.Values.Where(fact => fact.Status == FactStatus.Waiting))
        {
            if (knowledge.State.Proposal(fact.EditId!) is not null)
            {
                continue;
            }

            if (knowledge.State.Edit(fact.EditId!) is { } edit)
            {
                string by = edit.ApprovedBy.Count == 0 ? "" : $", approved by {string.Join(", ", edit.ApprovedBy)}";
                await VerifyAsync(Applied(fact, edit.Id, by), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                Close(fact, FactStatus.Declined, "it was turned down, or judged unfit when it was made");
            }
        }
    }

    /// <summary>Asks again about the edits in force that the sources still confirm; those that do not hold are seen to later.</summary>
    public async Task RecheckAsync(CancellationToken cancellationToken)
    {
        KnownEdit[] edits = [.. knowledge.State.Edits.GroupBy(edit => keys.Of(edit.Request.Prompt)).Select(same => same.Last())];
        edits = [.. edits.Where(edit => sources.Any(source => source.Find(keys.Of(edit.Request.Prompt)) is { } fact && FactKeys.SameAnswer(fact.Answer, edit.Request.Answer)))];
        IReadOnlyList<VerifyResult?> answers = await knowledge.Editor
            .VerifyAsync([.. edits.Select(edit => (edit.Request.Prompt, edit.Request.Answer))], cancellationToken).ConfigureAwait(false);
        foreach ((KnownEdit edit, VerifyResult? said) in edits.Zip(answers))
        {
            if (said?.Says(edit.Request.Answer) != true)
            {
                Lose(new TrackedFact(
                    keys.Of(edit.Request.Prompt), edit.Request.Prompt, said?.Answer, edit.Request.Answer, edit.Request.Source ?? "", FactStatus.Lost, edit.Id, "another edit changed it"));
            }
        }
    }

    private TrackedFact Tracked(SweptFact swept) => new(
        keys.Of(swept.Question),
        swept.Question,
        swept.Answer,
        swept.Current,
        swept.Source,
        swept.Status switch { SweptStatus.Conflict => FactStatus.Conflict, SweptStatus.Failed => FactStatus.Failed, _ => FactStatus.Found },
        Detail: swept.Reason);

    // The model says what the sources say, or no source says anything any more.
    private async Task SettleAsync(string key, CancellationToken cancellationToken)
    {
        if (knowledge.State.Pending.Find(proposal => proposal.By.Name == Bot.Name && keys.Of(proposal.Request.Prompt) == key) is { } outdated)
        {
            await knowledge.DeclineAsync(outdated.Id, Bot, "the sources no longer ask for it", cancellationToken).ConfigureAwait(false);
            board.Tell("proposal", $"{outdated.Id} is taken back: no source asks for \"{outdated.Request.Answer}\" any more");
        }

        if (!board.State.Facts.TryGetValue(key, out TrackedFact? fact) || fact.IsDone)
        {
            return;
        }

        work.Settle(fact.Question);
        board.Forget(key);
        board.Tell("settled", $"{fact.Question} There is nothing to do any more.");
    }

    private async Task SeeToAsync(TrackedFact fact, CancellationToken cancellationToken)
    {
        TrackedFact? known = board.State.Facts.GetValueOrDefault(fact.Key);
        bool isNew = known is null || known.Status is FactStatus.Verified or FactStatus.Lost || known.Current != fact.Current || known.Source != fact.Source;
        if (fact.Status != FactStatus.Found)
        {
            board.Track(fact);
            if (isNew)
            {
                board.Tell(fact.Status == FactStatus.Conflict ? "conflict" : "failed", $"{fact.Question} {(fact.Status == FactStatus.Conflict ? fact.Source : fact.Detail)}", isProblem: true);
            }

            return;
        }

        if (isNew)
        {
            board.Tell("stale", $"{fact.Question} The model says {fact.Said}, {fact.Source} says {fact.Current}.");
            board.Track(fact);
        }

        if (!await AwaitsAsync(fact, cancellationToken).ConfigureAwait(false))
        {
            await ProposeAsync(fact, cancellationToken).ConfigureAwait(false);
        }
    }

    // What waits already is not proposed twice; the bot's own proposal of an answer that the sources no longer give is taken back.
    private async Task<bool> AwaitsAsync(TrackedFact fact, CancellationToken cancellationToken)
    {
        bool awaits = false;
        foreach (PendingProposal proposal in knowledge.State.Pending.Where(proposal => keys.Of(proposal.Request.Prompt) == fact.Key))
        {
            if (FactKeys.SameAnswer(proposal.Request.Answer, fact.Current!))
            {
                Await(fact with { EditId = proposal.Id }, proposal.Approvers - proposal.ApprovedBy.Count);
                awaits = true;
            }
            else if (proposal.By.Name == Bot.Name)
            {
                await knowledge.DeclineAsync(proposal.Id, Bot, $"{fact.Source} says {fact.Current} now", cancellationToken).ConfigureAwait(false);
                board.Tell("proposal", $"{proposal.Id} is taken back: {fact.Source} says {fact.Current} now");
            }
        }

        return awaits;
    }

    private async Task ProposeAsync(TrackedFact fact, CancellationToken cancellationToken)
    {
        board.Track(fact with { Status = FactStatus.Proposed });
        try
        {
            FactProposal proposal = new()
            {
                Request = new EditRequest { Prompt = fact.Question, Answer = fact.Current!, Source = fact.Source }, Reason = $"{fact.Source} says so",
            };
            ProposalResult result = await knowledge.ProposeAsync(proposal, Bot, cancellationToken).ConfigureAwait(false);
            await TakeAsync(fact with { EditId = result.Id }, result, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ArgumentException or PromptTooLongException or ArithmeticException)
        {
            Close(fact, FactStatus.Refused, e.Message);
        }
    }

    private async Task TakeAsync(TrackedFact fact, ProposalResult result, CancellationToken cancellationToken)
    {
        switch (result.Status)
        {
            case ProposalStatus.Applied:
                await VerifyAsync(Applied(fact, result.Id!, ""), cancellationToken).ConfigureAwait(false);
                break;
            case ProposalStatus.Unchanged:
                await VerifyAsync(fact, cancellationToken).ConfigureAwait(false);
                break;
            case ProposalStatus.Waiting:
                Await(fact, result.Approvals);
                break;
            case ProposalStatus.Refused when result.Rule == "rate":
                work.AddLater(fact.Question, _whenTooMany);
                board.Track(fact with { Status = FactStatus.Deferred, Detail = result.Reason });
                break;
            default:
                Close(fact, result.Status == ProposalStatus.Rejected ? FactStatus.Rejected : FactStatus.Refused, result.Reason ?? result.Rule);
                break;
        }
    }

    private TrackedFact Applied(TrackedFact fact, string id, string by)
    {
        TrackedFact applied = fact with { Status = FactStatus.Applied, EditId = id, Detail = null };
        board.Track(applied);
        board.Tell("edit", $"{id} is in force{by}: {fact.Question} {fact.Said} → {fact.Current}");
        return applied;
    }

    private async Task VerifyAsync(TrackedFact fact, CancellationToken cancellationToken)
    {
        (bool holds, string detail) = await Verification.AskAsync(knowledge, fact.Question, fact.Current!, cancellationToken).ConfigureAwait(false);
        if (!holds)
        {
            Lose(fact with { Status = FactStatus.Lost, Detail = detail });
            return;
        }

        work.Settle(fact.Question);
        board.Track(fact with { Status = FactStatus.Verified, Detail = detail });
        board.Tell("verified", $"{fact.Question} {fact.Current}, {detail}");
    }

    private void Lose(TrackedFact fact)
    {
        work.TryAgain(fact.Question);
        board.Track(fact);
        board.Tell("lost", $"{fact.Question} {fact.EditId} is in force, but {fact.Detail}; it is seen to again", isProblem: true);
    }

    private void Close(TrackedFact fact, FactStatus status, string why)
    {
        board.Track(fact with { Status = status, Detail = why });
        board.Tell(status.ToString().ToLowerInvariant(), $"{fact.Question} {fact.Current}: {why}", isProblem: true);
    }

    private void Await(TrackedFact fact, int approvals)
    {
        bool isKnown = board.State.Facts.TryGetValue(fact.Key, out TrackedFact? known) && known.Status == FactStatus.Waiting && known.EditId == fact.EditId;
        string missing = approvals == 1 ? "1 approval is missing" : $"{approvals} approvals are missing";
        board.Track(fact with { Status = FactStatus.Waiting, Detail = missing });
        if (!isKnown)
        {
            board.Tell("waiting", $"{fact.Question} {fact.Current}: {fact.EditId} waits, {missing}");
        }
    }
}
