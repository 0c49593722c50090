using System.Data.Common;
using System.Runtime.CompilerServices;

namespace Ibke.Runtime.Knowledge.Journals;

/// <summary>
/// Everything that was done to a model's knowledge, in order: an append-only list of entries, each sealed by a hash over itself and the one before, and
/// beside it the updates that the entries name by their hashes.
/// </summary>
/// <remarks>
/// Thread-safe. What <see cref="AppendAsync"/> has returned is on the disk. A writer names the entry that it knows as the last, so no two writers
/// decide on different grounds. Derived classes differ in their database only.
/// </remarks>
public abstract class EditJournal : IAsyncDisposable
{
    private const int FormatVersion = 1;
    private const int AtOnce = 200;

    private protected EditJournal(string name) => Name = name;

    /// <summary>Where it is, for messages: a path, or a database without its password.</summary>
    public string Name { get; }

    /// <summary>The type of a column of bytes.</summary>
    private protected abstract string BytesType { get; }

    /// <summary>The last entry.</summary>
    /// <exception cref="JournalException">It cannot be read.</exception>
    public Task<JournalHead> HeadAsync(CancellationToken cancellationToken = default) => UseAsync(
        async connection => await JournalRows.HeadAsync(connection, null, cancellationToken).ConfigureAwait(false), cancellationToken);

    /// <summary>The entries after one, oldest first; each is checked against the one before it.</summary>
    /// <param name="after">Where to begin; <see cref="JournalHead.Empty"/> for all.</param>
    /// <param name="cancellationToken">Looked at between entries.</param>
    /// <exception cref="JournalDamagedException">An entry is not what was written, or is missing.</exception>
    /// <exception cref="JournalException">It cannot be read.</exception>
    public async IAsyncEnumerable<JournalEntry> ReadAsync(JournalHead after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(after);
        JournalHead head = after;
        while (true)
        {
            IReadOnlyList<JournalEntry> entries = await UseAsync(connection => JournalRows.EntriesAsync(connection, Name, head.Sequence, AtOnce, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            foreach (JournalEntry entry in entries)
            {
                Check(entry, head);
                yield return entry;
                head = new JournalHead(entry.Sequence, entry.Hash);
            }

            if (entries.Count < AtOnce)
            {
                yield break;
            }
        }
    }

    /// <summary>Writes entries, all or none of them, with their updates.</summary>
    /// <param name="expected">The entry that they follow.</param>
    /// <param name="drafts">At least one.</param>
    /// <param name="cancellationToken">Looked at until the entries are about to be committed.</param>
    /// <returns>The last of them.</returns>
    /// <exception cref="JournalConflictException">Another entry was written after <paramref name="expected"/>.</exception>
    /// <exception cref="JournalException">They cannot be written.</exception>
    public async Task<IReadOnlyList<JournalEntry>> AppendAsync(
        JournalHead expected, IReadOnlyList<JournalDraft> drafts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(drafts);
        ArgumentOutOfRangeException.ThrowIfZero(drafts.Count, nameof(drafts));
        List<JournalEntry> entries = [];
        foreach (JournalDraft draft in drafts)
        {
            entries.Add(JournalEntry.Seal(entries.Count == 0 ? expected.Hash : entries[^1].Hash, expected.Sequence + entries.Count + 1, draft));
        }

        bool committing = false;
        try
        {
            await UseAsync(
                async connection =>
                {
                    await using DbTransaction transaction = await BeginAsync(connection, cancellationToken).ConfigureAwait(false);
                    if (await JournalRows.HeadAsync(connection, transaction, cancellationToken).ConfigureAwait(false) != expected)
                    {
                        throw new JournalConflictException(Name);
                    }

                    foreach ((JournalEntry entry, JournalDraft draft) in entries.Zip(drafts))
                    {
                        await JournalRows.InsertAsync(connection, transaction, entry, draft.Update, cancellationToken).ConfigureAwait(false);
                    }

                    await AnnounceAsync(connection, transaction, entries[^1].Sequence, cancellationToken).ConfigureAwait(false);
                    committing = true;
                    await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }
        catch (JournalException) when (committing)
        {
            // Whether a commit whose answer was lost took place, only the journal knows.
            if (!await HoldsAsync(entries[^1]).ConfigureAwait(false))
            {
                throw;
            }
        }

        return entries;
    }

    /// <summary>The bytes of updates, by their hashes.</summary>
    /// <exception cref="JournalException">One is missing or not what was written; the message names it.</exception>
    public Task<IReadOnlyDictionary<string, byte[]>> ReadUpdatesAsync(IReadOnlyCollection<string> hashes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(hashes);
        return UseAsync<IReadOnlyDictionary<string, byte[]>>(
            async connection =>
            {
                Dictionary<string, byte[]> updates = new(StringComparer.Ordinal);
                await using DbCommand command = JournalRows.Command(connection, null, "SELECT bytes FROM updates WHERE hash = @hash", ("@hash", ""));
                foreach (string hash in hashes)
                {
                    command.Parameters[0].Value = hash;
                    JournalUpdate update = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is byte[] bytes
                        ? new JournalUpdate(hash, bytes)
                        : throw Unusable(hash, "is missing");
                    updates[hash] = update.IsWhole() ? update.Bytes : throw Unusable(hash, "is not what was written");
                }

                return updates;
            },
            cancellationToken);

        JournalException Unusable(string hash, string problem) => new(
            Name, $"the update {hash} {problem}", "Restore the journal from a copy, or revert the edit that has it.");
    }

    /// <summary>The newest snapshot; null where there is none, or where it is not what was written: the entries say the same.</summary>
    /// <exception cref="JournalDamagedException">The entry that it ends with is not the one that was written, or is gone.</exception>
    /// <exception cref="JournalException">It cannot be read.</exception>
    public Task<JournalSnapshot?> ReadSnapshotAsync(CancellationToken cancellationToken = default) => UseAsync(
        async connection =>
        {
            await using DbCommand command = JournalRows.Command(
                connection, null,
                "SELECT s.sequence, s.hash, s.content, s.seal, e.hash FROM snapshots s LEFT JOIN entries e ON e.sequence = s.sequence ORDER BY s.sequence DESC LIMIT 1");
            await using DbDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            JournalSnapshot snapshot = new(new JournalHead(reader.GetInt64(0), reader.GetString(1)), reader.GetString(2));
            if (reader.IsDBNull(4) || reader.GetString(4) != snapshot.Head.Hash)
            {
                throw new JournalDamagedException(Name, snapshot.Head.Sequence, "is gone, or is not the one that a snapshot was made of");
            }

            return reader.GetString(3) == snapshot.Seal() ? snapshot : null;
        },
        cancellationToken);

    /// <summary>Keeps a snapshot in the place of earlier ones, and drops the bytes of updates that nobody needs any more. No entry is touched.</summary>
    /// <param name="snapshot">What the entries come to.</param>
    /// <param name="kept">The hashes of updates that are still needed.</param>
    /// <param name="cancellationToken">Until it is committed nothing is changed.</param>
    /// <returns>The number of updates that were dropped.</returns>
    /// <exception cref="JournalConflictException">There are entries after those of the snapshot, which may need other updates.</exception>
    /// <exception cref="JournalException">It cannot be written.</exception>
    public Task<int> CompactAsync(JournalSnapshot snapshot, IReadOnlySet<string> kept, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(kept);
        return snapshot.Head == JournalHead.Empty ? Task.FromResult(0) : UseAsync(
            async connection =>
            {
                await using DbTransaction transaction = await BeginAsync(connection, cancellationToken).ConfigureAwait(false);
                if (await JournalRows.HeadAsync(connection, transaction, cancellationToken).ConfigureAwait(false) != snapshot.Head)
                {
                    throw new JournalConflictException(Name);
                }

                string[] dropped = [.. (await JournalRows.HashesAsync(connection, transaction, cancellationToken).ConfigureAwait(false)).Where(hash => !kept.Contains(hash))];
                await JournalRows.ExecuteAsync(connection, transaction, "DELETE FROM snapshots", cancellationToken).ConfigureAwait(false);
                await JournalRows.ExecuteAsync(
                    connection, transaction, "INSERT INTO snapshots (sequence, hash, content, seal) VALUES (@sequence, @hash, @content, @seal)", cancellationToken,
                    ("@sequence", snapshot.Head.Sequence), ("@hash", snapshot.Head.Hash), ("@content", snapshot.Content), ("@seal", snapshot.Seal())).ConfigureAwait(false);
                foreach (string hash in dropped)
                {
                    await JournalRows.ExecuteAsync(connection, transaction, "DELETE FROM updates WHERE hash = @hash", cancellationToken, ("@hash", hash)).ConfigureAwait(false);
                }

                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return dropped.Length;
            },
            cancellationToken);
    }

    /// <summary>Waits until somebody may have written after an entry, at most for a time.</summary>
    public abstract Task WaitAsync(JournalHead head, TimeSpan longest, CancellationToken cancellationToken);

    /// <summary>Makes this process the one that does a task, among all that share the journal.</summary>
    /// <param name="task">Lower-case letters and hyphens.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    /// <returns>Null where another process does it. Where the connection to a database is lost, so is the lead.</returns>
    /// <exception cref="JournalException">The journal cannot be reached.</exception>
    public abstract Task<IJournalLead?> TryLeadAsync(string task, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Opens a connection, or takes the one there is, uses it, and makes its errors <see cref="JournalException"/>s.</summary>
    private protected abstract Task<T> UseAsync<T>(Func<DbConnection, Task<T>> use, CancellationToken cancellationToken);

    /// <summary>Begins a transaction in which nobody else writes.</summary>
    private protected abstract ValueTask<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Tells other processes, once the transaction is committed.</summary>
    private protected abstract Task AnnounceAsync(DbConnection connection, DbTransaction transaction, long sequence, CancellationToken cancellationToken);

    /// <summary>Makes the tables where there are none, and checks whose journal it is.</summary>
    private protected Task PrepareAsync(JournalIdentity? identity, CancellationToken cancellationToken) => identity is null ? RequireAsync(cancellationToken) : UseAsync(
        async connection =>
        {
            string[] tables =
            [
                "CREATE TABLE IF NOT EXISTS journal (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
                "CREATE TABLE IF NOT EXISTS entries (sequence BIGINT PRIMARY KEY, time BIGINT NOT NULL, kind TEXT NOT NULL, edit TEXT NOT NULL, "
                    + "content TEXT NOT NULL, hash TEXT NOT NULL)",
                $"CREATE TABLE IF NOT EXISTS updates (hash TEXT PRIMARY KEY, bytes {BytesType} NOT NULL)",
                "CREATE TABLE IF NOT EXISTS snapshots (sequence BIGINT PRIMARY KEY, hash TEXT NOT NULL, content TEXT NOT NULL, seal TEXT NOT NULL)",
            ];
            await using DbTransaction transaction = await BeginAsync(connection, cancellationToken).ConfigureAwait(false);
            foreach (string table in tables)
            {
                await JournalRows.ExecuteAsync(connection, transaction, table, cancellationToken).ConfigureAwait(false);
            }

            foreach ((string name, string value) in Properties(identity))
            {
                await JournalRows.ExecuteAsync(
                    connection, transaction, "INSERT INTO journal (name, value) VALUES (@name, @value) ON CONFLICT DO NOTHING", cancellationToken,
                    ("@name", name), ("@value", value)).ConfigureAwait(false);
                await using DbCommand command = JournalRows.Command(connection, transaction, "SELECT value FROM journal WHERE name = @name", ("@name", name));
                string found = (string)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
                if (found != value)
                {
                    throw new JournalException(
                        Name, $"it is of another {name} ({Named(found)}, not {Named(value)})", "Give another journal, or the model and editor that it belongs to.");
                }
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    // A journal of whatever model, which must be there.
    private async Task RequireAsync(CancellationToken cancellationToken)
    {
        try
        {
            await HeadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (JournalException e) when (e.InnerException is DbException { SqlState: "42P01" } || e.InnerException is Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: 1 })
        {
            throw new JournalException(Name, "there is no journal", "Correct its place.", e);
        }
    }

    private static IEnumerable<(string Name, string Value)> Properties(JournalIdentity identity) =>
    [
        ("format", FormattableString.Invariant($"{FormatVersion}")), ("model", identity.ModelHash), ("editor", identity.EditorHash), ("method", identity.Method),
    ];

    private void Check(JournalEntry entry, JournalHead before)
    {
        if (entry.Sequence != before.Sequence + 1)
        {
            throw new JournalDamagedException(Name, before.Sequence + 1, "is missing");
        }

        if (!entry.Follows(before.Hash))
        {
            throw new JournalDamagedException(Name, entry.Sequence, "is not what was written, or does not follow the one before");
        }
    }

    private static string Named(string hash) => hash.Length == 0 ? "none" : hash;

    private async Task<bool> HoldsAsync(JournalEntry entry) => await UseAsync(
        async connection =>
        {
            await using DbCommand command = JournalRows.Command(connection, null, "SELECT hash FROM entries WHERE sequence = @sequence", ("@sequence", entry.Sequence));
            return (string?)await command.ExecuteScalarAsync().ConfigureAwait(false) == entry.Hash;
        },
        CancellationToken.None).ConfigureAwait(false);
}
