using System.Data.Common;
using Ibke.Runtime.Knowledge.Journals;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Ibke.Runtime.Tests.Knowledge.Journals;

/// <summary>The databases that a journal is tested on: a file, and a PostgreSQL server where one is given.</summary>
internal static class JournalStores
{
    /// <summary>The variable with the connection string of a PostgreSQL server that tests may make schemas in; <c>.ci/run</c> starts one.</summary>
    public const string Variable = "IBKE_POSTGRES";

    /// <summary>The connection string; null where there is no server.</summary>
    public static string? Postgres { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : null;

    /// <summary>The names of the databases.</summary>
    public static string[] All => Postgres is null ? ["sqlite"] : ["sqlite", "postgres"];

    /// <summary>The same, for theories.</summary>
    public static TheoryData<string> Names => [.. All];

    /// <summary>An empty place for a journal.</summary>
    public static JournalStore Create(string name) => name == "sqlite" ? new SqliteStore() : new PostgresStore(Postgres!);
}

/// <summary>A place for a journal, which goes with it.</summary>
internal abstract class JournalStore : IAsyncDisposable
{
    public static JournalIdentity Identity { get; } = new("model", "editor", "ibke");

    public abstract Task<EditJournal> OpenAsync(JournalIdentity? identity = null);

    /// <summary>Changes it behind the journal's back.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using DbConnection connection = await ConnectAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public abstract ValueTask DisposeAsync();

    protected abstract Task<DbConnection> ConnectAsync();
}

/// <summary>A file.</summary>
internal sealed class SqliteStore : JournalStore
{
    private readonly TemporaryFolder _folder = new();

    public string File => _folder["journal.db"];

    public override async Task<EditJournal> OpenAsync(JournalIdentity? identity = null) => await SqliteJournal.OpenAsync(File, identity ?? Identity);

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override async Task<DbConnection> ConnectAsync()
    {
        SqliteConnection connection = new($"Data Source={File};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }
}

/// <summary>A schema.</summary>
internal sealed class PostgresStore(string server) : JournalStore
{
    private readonly string _schema = $"test_{Guid.NewGuid():n}"[..30];

    public string Schema => _schema;

    public override async Task<EditJournal> OpenAsync(JournalIdentity? identity = null) =>
        await PostgresJournal.OpenAsync(server, identity ?? Identity, _schema);

    public override async ValueTask DisposeAsync() => await ExecuteAsync($"DROP SCHEMA IF EXISTS {_schema} CASCADE");

    protected override async Task<DbConnection> ConnectAsync()
    {
        NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(server) { SearchPath = _schema }.ToString());
        await connection.OpenAsync();
        return connection;
    }
}

/// <summary>Says that the tests on PostgreSQL did not run.</summary>
public sealed class PostgresTests
{
    [NeedsPostgres]
    public void Server_IsGiven_SoEveryTestOfAJournalRanOnItToo() => Assert.Contains("postgres", JournalStores.All);

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class NeedsPostgresAttribute : FactAttribute
    {
        public NeedsPostgresAttribute() => Skip = JournalStores.Postgres is null
            ? $"No PostgreSQL server: {JournalStores.Variable} is not set, so the journal is tested on SQLite only. .ci/run starts a server." : null;
    }
}
