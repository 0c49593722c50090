using System.Buffers.Binary;
using System.Data.Common;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Ibke.Runtime.Knowledge.Journals;

/// <summary>A journal in a schema of a PostgreSQL database, for many processes: each is told by NOTIFY when another has written.</summary>
public sealed partial class PostgresJournal : EditJournal
{
    /// <summary>How often an entry is looked for where no notification comes.</summary>
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlDataSource _source;
    private readonly string _schema;
    private readonly long _lock;
    private readonly SemaphoreSlim _listening = new(1, 1);
    private NpgsqlConnection? _listener;

    private PostgresJournal(NpgsqlConnectionStringBuilder settings, string schema)
        : base(FormattableString.Invariant($"{settings.Host}:{settings.Port}/{settings.Database}, schema {schema}"))
    {
        settings.SearchPath = schema;
        (_source, _schema) = (NpgsqlDataSource.Create(settings), schema);
        _lock = Key($"{schema} journal");
    }

    /// <inheritdoc/>
    private protected override string BytesType => "BYTEA";

    /// <summary>Opens the journal of a schema; makes both where there are none.</summary>
    /// <param name="connectionString">As Npgsql reads it.</param>
    /// <param name="identity">What the updates are made for; null for a journal that is there, of whatever model.</param>
    /// <param name="schema">Lower-case letters, digits and underscores, at most 40.</param>
    /// <param name="cancellationToken">Ends the wait for the database.</param>
    /// <exception cref="ArgumentException">The connection string or the schema cannot be used.</exception>
    /// <exception cref="JournalException">It cannot be opened, or is that of another model.</exception>
    public static async Task<PostgresJournal> OpenAsync(
        string connectionString, JournalIdentity? identity, string schema = "ibke", CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        ArgumentNullException.ThrowIfNull(schema);
        if (!SchemaName().IsMatch(schema))
        {
            throw new ArgumentException($"The schema '{schema}' must be of lower-case letters, digits and underscores, at most 40.", nameof(schema));
        }

        PostgresJournal journal = new(new NpgsqlConnectionStringBuilder(connectionString), schema);
        try
        {
            await journal.PrepareAsync(identity, cancellationToken).ConfigureAwait(false);
            return journal;
        }
        catch
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task WaitAsync(JournalHead head, TimeSpan longest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(head);
        long start = Environment.TickCount64;
        await _listening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Listening begins before the look: what is written in between is in the one or in the other.
            await ListenAsync(cancellationToken).ConfigureAwait(false);
            while (await HeadAsync(cancellationToken).ConfigureAwait(false) == head)
            {
                TimeSpan left = longest - TimeSpan.FromMilliseconds(Environment.TickCount64 - start);
                if (left <= TimeSpan.Zero)
                {
                    return;
                }

                await ListenedAsync(left < _poll ? left : _poll, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _listening.Release();
        }
    }

    /// <inheritdoc/>
    public override async Task<IJournalLead?> TryLeadAsync(string task, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(task);
        NpgsqlConnection? connection = null;
        try
        {
            // The lock belongs to the session: it ends with the process, or with the connection.
            connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using DbCommand command = JournalRows.Command(connection, null, "SELECT pg_try_advisory_lock(@key)", ("@key", Key($"{_schema} {task}")));
            if ((bool)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!)
            {
                PostgresLead lead = new(connection);
                connection = null;
                return lead;
            }

            return null;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or SocketException)
        {
            throw Explain(e);
        }
        finally
        {
            await (connection?.DisposeAsync() ?? ValueTask.CompletedTask).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _listening.WaitAsync().ConfigureAwait(false);
        await ForgetListenerAsync().ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
        _listening.Release();
    }

    /// <inheritdoc/>
    private protected override async Task<T> UseAsync<T>(Func<DbConnection, Task<T>> use, CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            return await use(connection).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or SocketException)
        {
            throw Explain(e);
        }
    }

    /// <inheritdoc/>
    private protected override async ValueTask<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        NpgsqlTransaction transaction = await ((NpgsqlConnection)connection).BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await JournalRows.ExecuteAsync(connection, transaction, $"SELECT pg_advisory_xact_lock({_lock})", cancellationToken).ConfigureAwait(false);
        await JournalRows.ExecuteAsync(
            connection, transaction, $"SET LOCAL synchronous_commit = on; CREATE SCHEMA IF NOT EXISTS {_schema}", cancellationToken).ConfigureAwait(false);
        return transaction;
    }

    /// <inheritdoc/>
    private protected override Task AnnounceAsync(
        DbConnection connection, DbTransaction transaction, long sequence, CancellationToken cancellationToken) =>
        JournalRows.ExecuteAsync(connection, transaction, $"NOTIFY {_schema}, '{sequence}'", cancellationToken);

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,39}$")]
    private static partial Regex SchemaName();

    private static long Key(string name) => BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"ibke {name}")));

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        if (_listener?.State == System.Data.ConnectionState.Open)
        {
            return;
        }

        await ForgetListenerAsync().ConfigureAwait(false);
        try
        {
            _listener = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await JournalRows.ExecuteAsync(_listener, null, $"LISTEN {_schema}", cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or SocketException)
        {
            // Without a listener entries are looked for; the next wait tries again.
            await ForgetListenerAsync().ConfigureAwait(false);
        }
    }

    private async Task ListenedAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        if (_listener is null)
        {
            await Task.Delay(longest, cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            await _listener.WaitAsync(longest, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or SocketException)
        {
            await ForgetListenerAsync().ConfigureAwait(false);
        }
    }

    private async Task ForgetListenerAsync()
    {
        if (_listener is { } listener)
        {
            _listener = null;
            await listener.DisposeAsync().ConfigureAwait(false);
        }
    }

    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    private JournalException Explain(Exception error)
    {
        (string problem, string advice) = (error as PostgresException)?.SqlState switch
        {
            "23505" => ("another process wrote to it in between", "Read what was written, and decide again."),
            "28P01" or "28000" => ("the user or password is not accepted", "Correct the connection string."),
            "3D000" => ("there is no such database", "Create it, or correct the connection string."),
            "42501" => ("this user may not do that", "Grant it the schema, or let an administrator create it."),
            "53100" => ("the disk of the database is full", "Make room; nothing was lost."),
            "25006" => ("the database may not be written now", "Connect to the primary server."),
            null => ("the database cannot be reached", "Check that it runs; this process goes on trying."),
            _ => ("the database failed", "See the message."),
        };
        return new JournalException(Name, $"{problem} ({error.Message.TrimEnd('.')})", advice, error);
    }
}
