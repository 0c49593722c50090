using Ibke.Samples.KnowledgeMaintenanceBot.Boards;
using Ibke.Samples.KnowledgeMaintenanceBot.Passes;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Sources;

/// <summary>Reads the sources again and again, and lists the facts that changed. A source that is slow or cannot be reached holds up no other.</summary>
internal sealed class SourceWatch(IReadOnlyList<WatchedSource> sources, Board board, WorkList work)
{
    /// <summary>Reads every source once.</summary>
    public Task ReadAsync(CancellationToken cancellationToken) => Task.WhenAll(sources.Select((_, number) => ReadAsync(number, cancellationToken)));

    /// <summary>Reads them again, each when it is time, until it is cancelled.</summary>
    public Task WatchAsync(CancellationToken cancellationToken) => Task.WhenAll(sources.Select((_, number) => WatchAsync(number, cancellationToken)));

    private async Task WatchAsync(int number, CancellationToken cancellationToken)
    {
        while (true)
        {
            await sources[number].RestAsync(cancellationToken).ConfigureAwait(false);
            await ReadAsync(number, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(int number, CancellationToken cancellationToken)
    {
        WatchedSource source = sources[number];
        SourceState before = source.State;
        // Files are read without a pause; others must not wait for them.
        SourceChange? change = await Task.Run(() => source.ReadAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        SourceState after = source.State;
        board.Update(state => state with { Sources = state.Sources.SetItem(number, after) });
        if (after.Error is { } error && error != before.Error)
        {
            string meanwhile = after.LastRead is null ? "The others go on." : "What it said before counts meanwhile.";
            board.Tell("source", $"{error.TrimEnd('.')}. {meanwhile}", isProblem: true);
        }
        else if (after.Error is null && before.Error is not null)
        {
            board.Tell("source", $"{source.Name} can be read again");
        }

        if (change is not null)
        {
            int facts = change.Questions.Count;
            board.Tell("source", change.IsFirst ? $"{source.Name}: {after.Facts} facts" : $"{source.Name} has changed: {facts} fact{(facts == 1 ? "" : "s")}");
            work.Add(change.Questions, changed: !change.IsFirst);
        }
    }
}
