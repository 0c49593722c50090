using System.Data.Common;

namespace Ibke.Runtime.Knowledge.Journals;

/// <summary>The statements that all databases share.</summary>
internal static class JournalRows
{
    /// <summary>Runs a statement.</summary>
    public static async Task ExecuteAsync(
        DbConnection connection, DbTransaction? transaction, string sql, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        await using DbCommand command = Command(connection, transaction, sql, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a statement.</summary>
    public static DbCommand Command(
        DbConnection connection, DbTransaction? transaction, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        foreach ((string name, object value) in parameters)
        {
            DbParameter parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>The last entry.</summary>
    public static async Task<JournalHead> HeadAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        await using DbCommand command = Command(connection, transaction, "SELECT sequence, hash FROM entries ORDER BY sequence DESC LIMIT 1");
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? new JournalHead(reader.GetInt64(0), reader.GetString(1))
            : JournalHead.Empty;
    }

    /// <summary>The hashes of all updates.</summary>
    public static async Task<IReadOnlyList<string>> HashesAsync(DbConnection connection, DbTransaction transaction, CancellationToken cancellationToken)
    {
        List<string> hashes = [];
        await using DbCommand command = Command(connection, transaction, "SELECT hash FROM updates");
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            hashes.Add(reader.GetString(0));
        }

        return hashes;
    }

    /// <summary>Writes an entry, and its update where it is not there yet.</summary>
    public static async Task InsertAsync(
        DbConnection connection, DbTransaction transaction, JournalEntry entry, JournalUpdate? update, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            connection, transaction,
            "INSERT INTO entries (sequence, time, kind, edit, content, hash) VALUES (@sequence, @time, @kind, @edit, @content, @hash)", cancellationToken,
            ("@sequence", entry.Sequence), ("@time", entry.Time.UtcTicks), ("@kind", entry.Kind.ToString()), ("@edit", entry.EditId),
            ("@content", entry.Content), ("@hash", entry.Hash)).ConfigureAwait(false);
        if (update is not null)
        {
            await ExecuteAsync(
                connection, transaction, "INSERT INTO updates (hash, bytes) VALUES (@hash, @bytes) ON CONFLICT DO NOTHING", cancellationToken,
                ("@hash", update.Hash), ("@bytes", update.Bytes)).ConfigureAwait(false);
        }
    }

    /// <summary>The entries after one, at most so many.</summary>
    public static async Task<IReadOnlyList<JournalEntry>> EntriesAsync(
        DbConnection connection, string journal, long after, int count, CancellationToken cancellationToken)
    {
        List<JournalEntry> entries = [];
        await using DbCommand command = Command(
            connection, null, "SELECT sequence, time, kind, edit, content, hash FROM entries WHERE sequence > @after ORDER BY sequence LIMIT @count",
            ("@after", after), ("@count", count));
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            entries.Add(Entry(reader, journal));
        }

        return entries;
    }

    // A column of another type, a kind or a time that cannot be: the entry was tampered with.
    private static JournalEntry Entry(DbDataReader reader, string journal)
    {
        long sequence = reader.GetInt64(0);
        try
        {
            return new JournalEntry(
                sequence, new DateTimeOffset(reader.GetInt64(1), TimeSpan.Zero), Enum.Parse<JournalEntryKind>(reader.GetString(2)),
                reader.GetString(3), reader.GetString(4), reader.GetString(5));
        }
        catch (Exception e) when (e is ArgumentException or InvalidCastException or FormatException)
        {
            throw new JournalDamagedException(journal, sequence, $"cannot be read ({e.Message.TrimEnd('.')})");
        }
    }
}
