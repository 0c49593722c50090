using System.Collections.Frozen;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Samples.KnowledgeMaintenanceBot.Boards;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Sources;

/// <summary>
/// A source that answers with what it said when it was last read. While it cannot be read it neither stops the others nor is it forgotten: what it said
/// goes on counting against edits that it contradicts.
/// </summary>
/// <remarks>Thread-safe, but only one at a time may read.</remarks>
internal sealed class WatchedSource(IFactCatalog source, FactKeys keys, WatchTimes times, TimeProvider clock, string? file = null) : IFactSource
{
    // Whoever writes a file may be in the middle of it.
    private static readonly TimeSpan _settling = TimeSpan.FromSeconds(0.2);

    private volatile FrozenDictionary<string, CatalogFact> _facts = FrozenDictionary<string, CatalogFact>.Empty;
    private IReadOnlyList<CatalogFact>? _rows;

    /// <inheritdoc/>
    public string Name => source.Name;

    /// <inheritdoc/>
    public string Class => source.Class;

    /// <summary>How it is.</summary>
    public SourceState State { get; private set; } = SourceState.Unread(source.Name);

    /// <summary>The fact with a key; null where the source does not know it.</summary>
    public CatalogFact? Find(string key) => _facts.GetValueOrDefault(key);

    /// <summary>Every fact once.</summary>
    public IEnumerable<CatalogFact> Facts => _facts.Values;

    /// <inheritdoc/>
    public Task<SourcedFact?> AskAsync(string question, string? subject = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(Find(keys.Of(question)) is { } fact ? new SourcedFact(fact.Answer, fact.Source, fact.AsOf) : null);

    /// <summary>Reads it.</summary>
    /// <returns>What has changed; null for nothing, or where it could not be read, which its state says.</returns>
    public async Task<SourceChange?> ReadAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        try
        {
            IReadOnlyList<CatalogFact> rows = await source.ListAsync(cancellationToken).ConfigureAwait(false);
            bool isFirst = _rows is null, isSame = ReferenceEquals(rows, _rows);
            _rows = rows;
            IReadOnlyList<string> changed = isSame ? [] : Replace(rows);
            State = new SourceState(Name, _facts.Count, now, 0, null, null);
            return isFirst || changed.Count > 0 ? new SourceChange(changed, isFirst) : null;
        }
        catch (FactSourceException error)
        {
            int failures = State.Failures + 1;
            State = State with { Failures = failures, Error = error.Message, NextTry = now + times.After(failures) };
            return null;
        }
    }

    /// <summary>Waits until it is time to look again.</summary>
    public async Task RestAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(times.After(State.Failures), clock, cancellationToken).ConfigureAwait(false);
        if (file is not null && clock.GetUtcNow() - File.GetLastWriteTimeUtc(file) is { Ticks: >= 0 } age && age < _settling)
        {
            await Task.Delay(_settling, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    // Of several rows about one fact the newest counts, as in every source.
    private IReadOnlyList<string> Replace(IReadOnlyList<CatalogFact> rows)
    {
        FrozenDictionary<string, CatalogFact> before = _facts;
        KeyValuePair<string, CatalogFact>[] now =
        [
            .. rows.GroupBy(row => keys.Of(row.Question)).Select(same => KeyValuePair.Create(same.Key, same.MaxBy(row => row.AsOf ?? DateOnly.MinValue)!)),
        ];
        FrozenDictionary<string, CatalogFact> after = now.ToFrozenDictionary();
        _facts = after;
        IEnumerable<CatalogFact> other = now
            .Where(fact => !before.TryGetValue(fact.Key, out CatalogFact? old) || !FactKeys.SameAnswer(old.Answer, fact.Value.Answer))
            .Select(fact => fact.Value);
        IEnumerable<CatalogFact> gone = before.Where(fact => !after.ContainsKey(fact.Key)).Select(fact => fact.Value);
        return [.. other.Concat(gone).Select(fact => fact.Question)];
    }
}
