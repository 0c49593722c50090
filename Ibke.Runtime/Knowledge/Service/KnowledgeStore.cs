using System.Collections.Immutable;
using System.Text.Json;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Journals;

namespace Ibke.Runtime.Knowledge.Service;

/// <summary>Keeps three things equal: what the journal says, what is known here, and what the editor has in force.</summary>
/// <remarks>All but <see cref="State"/> under the editor's lock.</remarks>
internal sealed class KnowledgeStore(KnowledgeEditor editor, EditJournal journal, KnowledgeServiceOptions options)
{
    private const int MostTries = 32;

    private volatile KnowledgeState _state = KnowledgeState.Empty;
    private long _lastSeen;

    /// <summary>What is known. For any thread.</summary>
    public KnowledgeState State => _state;

    /// <summary>The number of the last entry that the journal was seen to have. For any thread.</summary>
    public long LastSeen => Volatile.Read(ref _lastSeen);

    /// <summary>Decides on the state as the journal has it. Where another process writes meanwhile, decides anew on what it wrote.</summary>
    /// <exception cref="JournalException">The journal cannot be read or written.</exception>
    public async Task<T> DecideAsync<T>(Func<Task<T>> decide, CancellationToken cancellationToken)
    {
        if (options.ReadUpTo is { } last)
        {
            throw new JournalException(journal.Name, $"it is read up to entry {last} only", "Nothing can be changed until it is repaired.");
        }

        for (int attempt = 1; ; attempt++)
        {
            await SyncAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                return await decide().ConfigureAwait(false);
            }
            catch (JournalConflictException) when (attempt < MostTries)
            {
                await Task.Delay(Random.Shared.Next(1, 5 * attempt), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Writes an entry, and puts in force what it says; a published edit is for the caller to publish.</summary>
    /// <exception cref="JournalConflictException">Another process has written.</exception>
    /// <exception cref="JournalException">It cannot be written; nothing changed.</exception>
    public async Task<JournalEntry> RecordAsync(
        JournalEntryKind kind, string id, EntryContent content, JournalUpdate? update, CancellationToken cancellationToken)
    {
        KnowledgeState before = _state;
        JournalDraft draft = new(Now(before), kind, id, content.Write(), update);
        JournalEntry entry = (await journal.AppendAsync(before.Head, [draft], cancellationToken).ConfigureAwait(false))[0];
        KnowledgeState after = before.After(entry);
        if (kind == JournalEntryKind.Published)
        {
            _state = after;
        }
        else
        {
            await AdoptAsync(after, CancellationToken.None).ConfigureAwait(false);
        }

        return entry;
    }

    /// <summary>Puts in force what other processes have written since.</summary>
    /// <returns>Whether there was anything.</returns>
    /// <exception cref="JournalException">The journal cannot be read, or is damaged; what is in force stays.</exception>
    public async Task<bool> SyncAsync(CancellationToken cancellationToken)
    {
        if (options.ReadUpTo is not null)
        {
            return false;
        }

        JournalHead head = await journal.HeadAsync(cancellationToken).ConfigureAwait(false);
        Volatile.Write(ref _lastSeen, head.Sequence);
        if (head == _state.Head)
        {
            return false;
        }

        KnowledgeState state = _state;
        await foreach (JournalEntry entry in journal.ReadAsync(state.Head, cancellationToken).ConfigureAwait(false))
        {
            state = After(state, entry);
        }

        if (state.Head == _state.Head)
        {
            throw new JournalDamagedException(journal.Name, state.Head.Sequence, "is gone, though this process has read or written it");
        }

        await AdoptAsync(state, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Checks the journal from its first entry to its last, and puts in force what it says.</summary>
    /// <exception cref="JournalDamagedException">An entry is not what was written.</exception>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken) =>
        await AdoptAsync(await ReadAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    private async Task<KnowledgeState> ReadAsync(CancellationToken cancellationToken)
    {
        JournalSnapshot? snapshot = await journal.ReadSnapshotAsync(cancellationToken).ConfigureAwait(false);
        long last = options.ReadUpTo ?? long.MaxValue;
        KnowledgeState? known = snapshot is not null && snapshot.Head.Sequence <= last ? TryRead(snapshot) : null;
        KnowledgeState state = known ?? KnowledgeState.Empty;

        // Every entry is checked; what a snapshot contains need not be read.
        if (last > 0)
        {
            await foreach (JournalEntry entry in journal.ReadAsync(JournalHead.Empty, cancellationToken).ConfigureAwait(false))
            {
                state = entry.Sequence > state.Head.Sequence ? After(state, entry) : state;
                if (entry.Sequence >= last)
                {
                    break;
                }
            }
        }

        return state;
    }

    private static KnowledgeState? TryRead(JournalSnapshot snapshot)
    {
        try
        {
            KnowledgeState state = KnowledgeState.Of(snapshot);
            return state.Head == snapshot.Head ? state : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private KnowledgeState After(KnowledgeState state, JournalEntry entry)
    {
        try
        {
            return state.After(entry);
        }
        catch (JsonException e)
        {
            throw new JournalDamagedException(journal.Name, entry.Sequence, $"cannot be understood ({e.Message.TrimEnd('.')})");
        }
    }

    // Puts in force what a state says; what is known already is not read again.
    private async Task AdoptAsync(KnowledgeState state, CancellationToken cancellationToken)
    {
        ImmutableDictionary<string, LedgerEntry> known = editor.Ledger.Entries.ToImmutableDictionary(entry => entry.Id, StringComparer.Ordinal);
        bool same = known.Count == state.Edits.Count && state.Suspended == _state.Suspended && state.Edits.All(edit => known.ContainsKey(edit.Id));
        if (!same)
        {
            KnownEdit[] unknown = [.. state.Edits.Where(edit => !known.ContainsKey(edit.Id))];
            IReadOnlyDictionary<string, byte[]> updates = await journal
                .ReadUpdatesAsync([.. unknown.Select(edit => edit.Update).Distinct()], cancellationToken).ConfigureAwait(false);
            editor.Adopt([.. state.Edits.Select(edit => known.GetValueOrDefault(edit.Id) ?? Restore(edit, updates[edit.Update]))], state.Suspended);
        }

        _state = state;
    }

    private LedgerEntry Restore(KnownEdit edit, byte[] update)
    {
        try
        {
            return new LedgerEntry(
                edit.Id, editor.Card.FactKey(edit.Request.Prompt), edit.Request, edit.Result with { Id = edit.Id }, edit.PublishedAt,
                editor.Restore(edit.Request, update));
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            throw new JournalException(
                journal.Name, $"the edit {edit.Id} cannot be put in force ({e.Message.TrimEnd('.')})", "Restore the journal from a copy, or give the model and editor that it belongs to.", e);
        }
    }

    // Entries are in the order of their times, also where the clock goes backwards.
    private DateTimeOffset Now(KnowledgeState state)
    {
        DateTimeOffset now = options.Clock.GetUtcNow();
        return state.Attempts.IsEmpty || now >= state.Attempts[^1].Time ? now : state.Attempts[^1].Time;
    }
}
