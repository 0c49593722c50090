using Ibke.Runtime.Editing;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Runtime.Knowledge.Sweeps;

/// <summary>
/// Asks the model everything that its sources know, and lists where it says otherwise; proposes edits where it is told to. Of all processes that share a
/// journal one sweeps at a time.
/// </summary>
/// <remarks>One run at a time. Chats go on beside it.</remarks>
public sealed class StalenessSweep
{
    private const string Lead = "sweep";

    private readonly KnowledgeService _service;
    private readonly IFactCatalog _catalog;
    private readonly SweepOptions _options;

    /// <summary>Prepares a sweep.</summary>
    /// <param name="service">Whose model is asked.</param>
    /// <param name="catalog">What is true at present.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public StalenessSweep(KnowledgeService service, IFactCatalog catalog, SweepOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(catalog);
        (_service, _catalog, _options) = (service, catalog, (options ?? new SweepOptions()).Validate());
    }

    /// <summary>Goes through all facts, or through what an earlier run left.</summary>
    /// <param name="caller">Who proposes.</param>
    /// <param name="progress">Is called after each batch; may be null.</param>
    /// <param name="cancellationToken">Ends it after a batch; what is done stays done.</param>
    /// <returns>Null where another process sweeps.</returns>
    /// <exception cref="FactSourceException">The sources cannot be read.</exception>
    /// <exception cref="JournalException">A proposal cannot be recorded.</exception>
    public async Task<SweepReport?> RunAsync(Caller caller, Action<SweepProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(caller);
        await using IJournalLead? lead = await _service.Journal.TryLeadAsync(Lead, cancellationToken).ConfigureAwait(false);
        if (lead is null)
        {
            return null;
        }

        IReadOnlyList<CatalogFact> facts = await _catalog.ListAsync(cancellationToken).ConfigureAwait(false);
        facts = [.. facts.DistinctBy(fact => _service.Editor.Card.FactKey(fact.Question))];
        SweepState state = SweepState.Read(_options.StateFile, facts);
        (long start, int first) = (_options.Clock.GetTimestamp(), state.Done);
        foreach (CatalogFact[] batch in facts.Skip(state.Done).Chunk(_options.Batch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            long began = _options.Clock.GetTimestamp();
            IReadOnlyList<SweptFact> found = await LookAsync(batch, caller, cancellationToken).ConfigureAwait(false);
            state = state with { Done = state.Done + batch.Length, Found = [.. state.Found, .. found] };
            state.Write(_options.StateFile);
            Report(progress, state, facts.Count, first, start);
            TimeSpan rest = _options.Clock.GetElapsedTime(began) * ((1 / _options.Share) - 1);
            await Task.Delay(rest, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_options.StateFile is { } file)
        {
            File.Delete(file);
        }

        return new SweepReport(facts.Count, state.Found);
    }

    private async Task<IReadOnlyList<SweptFact>> LookAsync(IReadOnlyList<CatalogFact> batch, Caller caller, CancellationToken cancellationToken)
    {
        List<SweptFact> found = [];
        List<(CatalogFact Fact, SourcedFact Present)> asked = [];
        foreach (CatalogFact fact in batch)
        {
            try
            {
                SourcedFact present = await _catalog.AskAsync(fact.Question, null, cancellationToken).ConfigureAwait(false) ?? new SourcedFact(fact.Answer, fact.Source, fact.AsOf);
                if (_options.OldestDay is { } oldest && present.AsOf < oldest)
                {
                    found.Add(new SweptFact(SweptStatus.Old, fact.Question, null, present.Answer, present.Source, present.AsOf));
                }
                else
                {
                    asked.Add((fact, present));
                }
            }
            catch (FactConflictException conflict)
            {
                found.Add(new SweptFact(
                    SweptStatus.Conflict, fact.Question, null, null, string.Join("; ", conflict.Answers.Select(said => $"{said.Source} says {said.Answer}")), null));
            }
        }

        IReadOnlyList<VerifyResult?> answers = await _service.Editor
            .VerifyAsync([.. asked.Select(pair => (pair.Fact.Question, pair.Present.Answer))], cancellationToken).ConfigureAwait(false);
        foreach (((CatalogFact fact, SourcedFact present), VerifyResult? said) in asked.Zip(answers))
        {
            if (said is null)
            {
                found.Add(new SweptFact(
                    SweptStatus.Failed, fact.Question, null, present.Answer, present.Source, present.AsOf, Reason: "the model cannot be asked this"));
            }
            else if (!said.Says(present.Answer))
            {
                found.Add(await ProposeAsync(new SweptFact(SweptStatus.Stale, fact.Question, said.Answer, present.Answer, present.Source, present.AsOf), caller, cancellationToken)
                    .ConfigureAwait(false));
            }
        }

        return found;
    }

    private async Task<SweptFact> ProposeAsync(SweptFact stale, Caller caller, CancellationToken cancellationToken)
    {
        if (!_options.Propose)
        {
            return stale;
        }

        try
        {
            FactProposal proposal = new()
            {
                Request = new EditRequest { Prompt = stale.Question, Answer = stale.Current!, Source = stale.Source }, Reason = "found stale by a sweep",
            };
            ProposalResult result = await _service.ProposeAsync(proposal, caller, cancellationToken).ConfigureAwait(false);
            return stale with { Outcome = result.Status, EditId = result.Id, Reason = result.Reason };
        }
        catch (Exception e) when (e is ArgumentException or PromptTooLongException or ArithmeticException)
        {
            return stale with { Outcome = ProposalStatus.Refused, Reason = e.Message };
        }
    }

    private void Report(Action<SweepProgress>? progress, SweepState state, int facts, int first, long start)
    {
        double rate = (state.Done - first) / Math.Max(_options.Clock.GetElapsedTime(start).TotalSeconds, 1e-9);
        progress?.Invoke(new SweepProgress(
            state.Done, facts, state.Found.Count(fact => fact.Status == SweptStatus.Stale), rate, TimeSpan.FromSeconds((facts - state.Done) / rate)));
    }
}
