using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Runtime.Knowledge.Service;

/// <summary>
/// What a service does by itself: puts in force what other processes write, looks again at edits on probation, and ends facts whose time is over.
/// </summary>
internal sealed class KnowledgeUpkeep(KnowledgeService service, KnowledgeServiceOptions options)
{
    private const string Lead = "upkeep";
    private const int SampledWordings = 4;

    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _pauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Goes on until it is cancelled. What fails is logged and tried again.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        RepeatAsync(FollowAsync, cancellationToken), RepeatAsync(LeadAsync, cancellationToken));

    /// <summary>Looks once at all edits in force that are on probation or whose time is over.</summary>
    /// <returns>The ids of the edits that were taken back.</returns>
    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = options.Clock.GetUtcNow();
        HashSet<string> inForce = [.. service.Editor.List().Where(record => record.InForce).Select(record => record.Id)];
        List<string> reverted = [];
        foreach (KnownEdit edit in service.State.Suspended ? [] : service.State.Edits.Where(edit => inForce.Contains(edit.Id)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool kept = (edit.ValidUntil is not { } end || end > now || await RenewAsync(edit, end, now, cancellationToken).ConfigureAwait(false))
                && (edit.ProbationUntil is not { } over || await HoldsAsync(edit, over <= now, cancellationToken).ConfigureAwait(false));
            if (!kept)
            {
                reverted.Add(edit.Id);
            }
        }

        return reverted;
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await service.Journal.WaitAsync(service.State.Head, _longestWait, cancellationToken).ConfigureAwait(false);
        await service.SyncAsync(cancellationToken).ConfigureAwait(false);
    }

    // One process looks after the edits of all.
    private async Task LeadAsync(CancellationToken cancellationToken)
    {
        await using IJournalLead? lead = await service.Journal.TryLeadAsync(Lead, cancellationToken).ConfigureAwait(false);
        do
        {
            await Task.Delay(options.UpkeepInterval, cancellationToken).ConfigureAwait(false);
            if (lead is null || !await lead.IsHeldAsync(cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            await CheckAsync(cancellationToken).ConfigureAwait(false);
        }
        while (true);
    }

    private async Task RepeatAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await step(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is JournalException or FactSourceException)
            {
                KnowledgeLog.UpkeepFailed(options.Logger, e, _pauseAfterFailure);
                await Task.Delay(_pauseAfterFailure, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // A fact whose time is over stays where a source still says so, for as long again.
    private async Task<bool> RenewAsync(KnownEdit edit, DateTimeOffset end, DateTimeOffset now, CancellationToken cancellationToken)
    {
        IReadOnlyList<Evidence> evidence = await service.Sources.AskAsync(edit.Request, cancellationToken).ConfigureAwait(false);
        if (evidence.Any(said => FactText.SameAnswer(said.Fact.Answer, edit.Request.Answer)))
        {
            await service.RenewAsync(edit.Id, now + (end - edit.PublishedAt), edit.ProbationUntil, "valid-until", cancellationToken).ConfigureAwait(false);
            return true;
        }

        string reason = evidence.Count == 0 ? "no source knows the fact" : $"a source says {evidence[0].Fact.Answer}";
        await service.RevertAsync(edit.Id, EntryCaller.Upkeep, "valid-until", reason, cancellationToken).ConfigureAwait(false);
        return false;
    }

    // Its own question must be answered as it says; of some other wordings, drawn anew each time, as many as the judge wants.
    private async Task<bool> HoldsAsync(KnownEdit edit, bool over, CancellationToken cancellationToken)
    {
        string[] others = [.. edit.Request.Rephrasings, .. service.Editor.Card.OtherWordings(edit.Request.Prompt, edit.Request.Subject)];
        Random.Shared.Shuffle(others);
        List<VerifyResult> wrong = [];
        string[] asked = [edit.Request.Prompt, .. others.Take(SampledWordings)];
        foreach (string question in asked)
        {
            VerifyResult said = await service.VerifyAsync(question, cancellationToken).ConfigureAwait(false);
            if (!said.Says(edit.Request.Answer))
            {
                wrong.Add(said);
            }
        }

        double share = asked.Length == 1 ? 1 : 1 - ((double)wrong.Count / (asked.Length - 1));
        bool right = wrong.Count == 0 || (wrong[0].Question != edit.Request.Prompt && share >= service.Editor.Options.MinimumGenerality);
        if (!right)
        {
            string reason = $"to \"{wrong[0].Question}\" the model says \"{wrong[0].Answer}\"";
            await service.RevertAsync(edit.Id, EntryCaller.Upkeep, "probation", reason, cancellationToken).ConfigureAwait(false);
        }
        else if (over)
        {
            await service.RenewAsync(edit.Id, edit.ValidUntil, null, "probation", cancellationToken).ConfigureAwait(false);
        }

        return right;
    }
}
