using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Samples.KnowledgeMaintenanceBot.Boards;
using Ibke.Samples.KnowledgeMaintenanceBot.Sources;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Passes;

/// <summary>Goes through the facts that are listed, and reports what came of it.</summary>
/// <remarks>One call at a time. A journal that cannot be reached is told and tried again.</remarks>
internal sealed class PassRunner(
    KnowledgeService knowledge, IReadOnlyList<WatchedSource> sources, FactKeys keys, Board board, WorkList work, ReportFile? file, TimeProvider clock)
{
    // So many facts are looked at together: a change that comes during a long pass waits for no more.
    private const int Together = 64;

    private static readonly TimeSpan _step = TimeSpan.FromSeconds(0.3);

    private readonly FactMaintenance _facts = new(knowledge, sources, keys, board, work);
    private int _passes;

    /// <summary>Goes on until nothing is left to do.</summary>
    /// <param name="wait">Whether facts are waited for that are to be looked at later.</param>
    /// <param name="cancellationToken">Ends it between two facts; what is done stays done, and is reported.</param>
    public async Task<PassReport> RunAsync(bool wait, CancellationToken cancellationToken)
    {
        PassClock pass = new(++_passes, clock);
        HashSet<string> seen = [];
        try
        {
            await DrainAsync(pass, seen, wait, cancellationToken).ConfigureAwait(false);
            await TryAsync(() => _facts.RecheckAsync(cancellationToken)).ConfigureAwait(false);
            return Report(pass, seen, isComplete: true);
        }
        catch (OperationCanceledException)
        {
            Report(pass, seen, isComplete: false);
            throw;
        }
    }

    /// <summary>Sees what became of proposals that waited.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        await TryAsync(() => _facts.FollowAsync(cancellationToken)).ConfigureAwait(false);
        ShowEdits();
    }

    private async Task DrainAsync(PassClock pass, HashSet<string> seen, bool wait, CancellationToken cancellationToken)
    {
        while (true)
        {
            IReadOnlyList<string> questions = work.Take(Together);
            if (questions.Count > 0)
            {
                seen.UnionWith(questions.Select(keys.Of));
                board.Update(state => state with { Pass = pass.Progress(seen.Count - questions.Count, questions.Count + work.Count, isOver: false) });
                await LookAsync(questions, cancellationToken).ConfigureAwait(false);
                ShowEdits();
            }
            else if (wait && work.HasLater)
            {
                await work.WaitAsync(_step, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                return;
            }
        }
    }

    private async Task LookAsync(IReadOnlyList<string> questions, CancellationToken cancellationToken)
    {
        bool isDone = false;
        if (await TryAsync(async () => isDone = await _facts.LookAsync(questions, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false) && !isDone)
        {
            board.Tell("journal", "Another process sweeps with this journal. It is tried again.", isProblem: true);
        }

        foreach (string question in isDone ? [] : questions)
        {
            work.TryAgain(question);
        }
    }

    private async Task<bool> TryAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is JournalException or FactSourceException)
        {
            board.Tell("journal", $"{error.Message} It is tried again.", isProblem: true);
            return false;
        }
    }

    private PassReport Report(PassClock pass, HashSet<string> seen, bool isComplete)
    {
        board.Update(state => state with { Pass = pass.Progress(seen.Count, 0, isOver: true) });
        ShowEdits();
        BoardState state = board.State;
        PassReport report = new(
            pass.Number,
            pass.Started,
            Math.Round(pass.Elapsed.TotalSeconds, 3),
            seen.Count,
            isComplete && !work.HasLater,
            state.Edits.Count,
            [.. state.Sources.Where(source => source.Error is not null).Select(source => source.Error!)],
            [.. state.Facts.Values.Where(fact => seen.Contains(fact.Key)).OrderBy(fact => fact.Question, StringComparer.Ordinal)]);
        board.Tell("pass", report.Summary);
        try
        {
            file?.Add(report);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            board.Tell("report", error.Message, isProblem: true);
        }

        return report;
    }

    private void ShowEdits()
    {
        EditInForce[] edits = knowledge.State.Suspended
            ? []
            : [.. knowledge.State.Edits
                .GroupBy(edit => keys.Of(edit.Request.Prompt))
                .Select(same => same.Last())
                .Select(edit => new EditInForce(edit.Id, edit.Request.Prompt, edit.Request.Answer, edit.ApprovedBy))];
        board.Update(state => state with { Edits = edits });
    }
}
