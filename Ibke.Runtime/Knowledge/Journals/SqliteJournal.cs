using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Ibke.Runtime.Knowledge.Journals;

/// <summary>A journal in one SQLite file, for one process: written ahead, and flushed to the disk with every entry.</summary>
public sealed class SqliteJournal : EditJournal
{
    private const int BusySeconds = 5;
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim _using = new(1, 1);
    private readonly string _connectionString;
    private readonly SqliteOpenMode _mode;
    private SqliteConnection? _connection;
    private bool _disposed;

    private SqliteJournal(string path, SqliteOpenMode mode)
        : base(path)
    {
        _mode = mode;
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = BusySeconds, Mode = mode }.ToString();
    }

    /// <inheritdoc/>
    private protected override string BytesType => "BLOB";

    /// <summary>Opens the journal of a file; makes it where there is none.</summary>
    /// <param name="path">The file. Its folder must exist, and SQLite writes two more files beside it.</param>
    /// <param name="identity">What the updates are made for; null for a journal that is there, of whatever model.</param>
    /// <param name="cancellationToken">Ends the wait for the file.</param>
    /// <exception cref="JournalException">It cannot be opened, is no journal, or is that of another model.</exception>
    public static async Task<SqliteJournal> OpenAsync(string path, JournalIdentity? identity, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return await OpenAsync(
            new SqliteJournal(Path.GetFullPath(path), identity is null ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadWriteCreate), identity, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>A journal that is in no file and ends with the process.</summary>
    /// <param name="identity">What the updates are made for.</param>
    public static Task<SqliteJournal> InMemoryAsync(JournalIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return OpenAsync(new SqliteJournal("memory", SqliteOpenMode.Memory), identity, CancellationToken.None);
    }

    /// <inheritdoc/>
    public override async Task WaitAsync(JournalHead head, TimeSpan longest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(head);
        long start = Environment.TickCount64;
        while (await HeadAsync(cancellationToken).ConfigureAwait(false) == head && Environment.TickCount64 - start < longest.TotalMilliseconds)
        {
            await Task.Delay(_poll < longest ? _poll : longest, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whoever asks leads: the file is one process's.</summary>
    public override Task<IJournalLead?> TryLeadAsync(string task, CancellationToken cancellationToken = default) =>
        Task.FromResult<IJournalLead?>(new OnlyProcess());

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _using.WaitAsync().ConfigureAwait(false);
        _disposed = true;
        _connection?.Dispose();
        _connection = null;
        _using.Release();
    }

    /// <inheritdoc/>
    private protected override async Task<T> UseAsync<T>(Func<DbConnection, Task<T>> use, CancellationToken cancellationToken)
    {
        await _using.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _connection ??= Open();
            return await use(_connection).ConfigureAwait(false);
        }
        catch (SqliteException e)
        {
            // After a failure the connection may be of no use; the next use opens another. Memory ends with its connection.
            if (_mode != SqliteOpenMode.Memory)
            {
                _connection?.Dispose();
                _connection = null;
            }

            throw Explain(e);
        }
        finally
        {
            _using.Release();
        }
    }

    /// <inheritdoc/>
    private protected override ValueTask<DbTransaction> BeginAsync(DbConnection connection, CancellationToken cancellationToken) =>
        ValueTask.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: false));

    /// <inheritdoc/>
    private protected override Task AnnounceAsync(
        DbConnection connection, DbTransaction transaction, long sequence, CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task<SqliteJournal> OpenAsync(SqliteJournal journal, JournalIdentity? identity, CancellationToken cancellationToken)
    {
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

    private SqliteConnection Open()
    {
        SqliteConnection connection = new(_connectionString);
        try
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();

            // FULL: a commit returns once the disk has it.
            command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // https://www.sqlite.org/rescode.html
    private JournalException Explain(SqliteException error)
    {
        (string problem, string advice) = error.SqliteErrorCode switch
        {
            5 or 6 => ("is locked by another process", "End the other process, or give this one a journal of its own."),
            8 => ("may not be written", "Allow this process to write the file and its folder."),
            10 => ("reading or writing failed", "Look at the disk and the system's log."),
            13 => ("the disk is full", "Make room; nothing was lost."),
            14 => ("cannot be opened", "Check that the folder exists and this process may write there."),
            11 => ("the file is damaged", "Restore it from a copy, or recover what can be read with the sqlite3 tool's .recover."),
            26 => ("is no SQLite file", "Give another path, or remove the file."),
            _ => ("SQLite failed", "See the message."),
        };
        return new JournalException(Name, $"{problem} ({error.Message.TrimEnd('.')})", advice, error);
    }

    private sealed class OnlyProcess : IJournalLead
    {
        public Task<bool> IsHeldAsync(CancellationToken cancellationToken) => Task.FromResult(true);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
