using System.Data.Common;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Tests.Knowledge.Service;
using Microsoft.Data.Sqlite;

namespace Ibke.Runtime.Tests.Knowledge.Sources;

public sealed class SqlFactSourceTests : IDisposable
{
    private static readonly ModelCard _card = new(rephrasings: [["Who is the CEO of {s}?", "Who runs {s}?"]]);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new(DateTimeOffset.UnixEpoch);

    public SqlFactSourceTests() => Execute(
        "CREATE TABLE facts (question TEXT, answer, as_of TEXT)",
        "INSERT INTO facts VALUES ('Who is the CEO of Argent?', 'Ann Bell', '2026-01-01'), ('Who runs argent', 'Bo Carr', '2026-02-01'), ('How many?', 7, NULL)");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AskAsync_AnyWording_GivesTheNewestRow()
    {
        SqlFactSource source = Source("SELECT question, answer, as_of FROM facts ORDER BY rowid");

        Assert.Equal(new SourcedFact("Bo Carr", "staff", new DateOnly(2026, 2, 1)), await source.AskAsync("who is the ceo of Argent"));
        Assert.Equal(new SourcedFact("7", "staff", null), await source.AskAsync("How many?"));
        Assert.Null(await source.AskAsync("Who runs Opal?"));
        Assert.Equal(["Ann Bell", "Bo Carr", "7"], (await source.ListAsync()).Select(fact => fact.Answer));
        Assert.Equal("database", source.Class);
    }

    [Fact]
    public async Task AskAsync_RowsChange_IsSeenWhenTheLifetimeIsOver()
    {
        SqlFactSource source = Source("SELECT question, answer FROM facts WHERE as_of IS NULL");
        Assert.Equal("7", (await source.AskAsync("How many?"))!.Answer);
        Execute("UPDATE facts SET answer = 8 WHERE as_of IS NULL");

        Assert.Equal("7", (await source.AskAsync("How many?"))!.Answer);
        _clock.Now += TimeSpan.FromMinutes(1);

        Assert.Equal("8", (await source.AskAsync("How many?"))!.Answer);
    }

    [Theory]
    [InlineData("SELECT answer FROM facts", "columns question and answer")]
    [InlineData("SELECT nothing FROM nowhere", "staff cannot be read")]
    [InlineData("SELECT question, '' AS answer FROM facts", "row 1: the answer is missing")]
    [InlineData("SELECT question, answer, 'soon' AS as_of FROM facts", "row 1: as_of is \"soon\"")]
    [InlineData("SELECT 'How?' AS question, answer FROM facts", "another answer to the same question")]
    public async Task AskAsync_BadQueryOrRow_IsNamed(string query, string named)
    {
        FactSourceException error = await Assert.ThrowsAsync<FactSourceException>(() => Source(query).AskAsync("How many?"));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    private SqlFactSource Source(string query) => new("staff", ConnectAsync, query, _card, _clock);

    private async Task<DbConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        SqliteConnection connection = new($"Data Source={_folder["facts.db"]};Pooling=False");
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    private void Execute(params string[] statements)
    {
        using DbConnection connection = ConnectAsync(default).Result;
        foreach (string statement in statements)
        {
            using DbCommand command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }
}
