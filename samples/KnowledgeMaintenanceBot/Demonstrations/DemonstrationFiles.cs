using Ibke.Runtime.Knowledge.Policies;
using Ibke.Samples.KnowledgeMaintenanceBot.Sources;
using Microsoft.Data.Sqlite;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Demonstrations;

/// <summary>The sources of the demonstration: a copy of a directory and a table, which say at first what the model says. They go with it.</summary>
internal sealed class DemonstrationFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("knowledge-bot-");

    private DemonstrationFiles()
    {
    }

    /// <summary>Changes of a CEO need an approval of somebody else.</summary>
    public static KnowledgePolicy Policy { get; } = new() { Approvals = [new ApprovalRule(new FactPattern { Question = "*CEO of*" }, 1)] };

    /// <summary>The directory.</summary>
    public string Facts => Path.Combine(_folder.FullName, "directory.csv");

    private string Table => Path.Combine(_folder.FullName, "companies.db");

    private string Connection => new SqliteConnectionStringBuilder { DataSource = Table, Pooling = false }.ToString();

    /// <summary>Makes them.</summary>
    public static async Task<DemonstrationFiles> CreateAsync(CancellationToken cancellationToken)
    {
        DemonstrationFiles files = new();
        File.Copy(Path.Combine(AppContext.BaseDirectory, "directory.csv"), files.Facts);
        await files.ExecuteAsync(
            """
            CREATE TABLE companies (name TEXT PRIMARY KEY, city TEXT, checked TEXT);
            INSERT INTO companies VALUES ('Jade Foods', 'Selmouth', '2026-02-11'), ('Clear Energy', 'Selora', '2026-03-15'), ('Maple Labs', 'Aldland', '2026-04-13');
            """,
            cancellationToken).ConfigureAwait(false);
        return files;
    }

    /// <summary>The options with these sources, and a journal beside them.</summary>
    public BotOptions Configure(BotOptions options) => options with
    {
        Sources =
        [
            new SourcePlace(Facts),
            new SourcePlace(Table, "SELECT 'Where is ' || name || ' headquartered?' AS question, city AS answer, checked AS as_of FROM companies ORDER BY name"),
        ],
        Journal = Path.Combine(_folder.FullName, "edits.db"),
        Every = TimeSpan.FromSeconds(0.5),
    };

    /// <summary>Changes an answer of the directory. The first half is written alone, until <paramref name="between"/> is over.</summary>
    public async Task ChangeDirectoryAsync(string from, string to, Func<Task>? between = null)
    {
        string text = (await File.ReadAllTextAsync(Facts).ConfigureAwait(false)).Replace(from, to, StringComparison.Ordinal);
        if (between is not null)
        {
            await File.WriteAllTextAsync(Facts, text[..(text.Length / 2)]).ConfigureAwait(false);
            await between().ConfigureAwait(false);
        }

        await File.WriteAllTextAsync(Facts, text).ConfigureAwait(false);
    }

    /// <summary>Changes a row of the table.</summary>
    public Task MoveAsync(string company, string city, CancellationToken cancellationToken) => ExecuteAsync(
        $"UPDATE companies SET city = '{city}', checked = '2026-10-01' WHERE name = '{company}'", cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The journal's connections are pooled, and hold its file.
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using SqliteConnection connection = new(Connection);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
