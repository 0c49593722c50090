using System.Data.Common;
using System.Globalization;
using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge.Sources;

/// <summary>Facts that a query of a database gives, in columns <c>question</c>, <c>answer</c> and, if there is one, <c>as_of</c> (a date or its text).</summary>
/// <remarks>Thread-safe. The query is run when a question comes and the last answer to it is older than <see cref="Lifetime"/>. Rows count as in <see cref="FileFactSource"/>.</remarks>
public sealed class SqlFactSource : IFactCatalog
{
    private readonly Func<CancellationToken, Task<DbConnection>> _connect;
    private readonly string _query;
    private readonly ModelCard _card;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _loading = new(1, 1);
    private (long Read, FactTable Facts)? _content;

    /// <summary>Names the query.</summary>
    /// <param name="name">What answers are credited to.</param>
    /// <param name="connect">Opens a connection, which is closed after the query.</param>
    /// <param name="query">The query, such as <c>SELECT question, answer, as_of FROM facts ORDER BY id</c>.</param>
    /// <param name="card">The wordings that ask the same; null for none.</param>
    /// <param name="clock">For the lifetime; null for the system's.</param>
    public SqlFactSource(
        string name, Func<CancellationToken, Task<DbConnection>> connect, string query, ModelCard? card = null, TimeProvider? clock = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(connect);
        ArgumentException.ThrowIfNullOrWhiteSpace(query);
        (Name, _connect, _query, _card, _clock) = (name, connect, query, card ?? ModelCard.Empty, clock ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Class { get; init; } = "database";

    /// <summary>How long what was read is taken for the present state. 0 or more, default 30 s.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task<SourcedFact?> AskAsync(string question, string? subject = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        return (await ReadAsync(cancellationToken).ConfigureAwait(false)).Find(question);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CatalogFact>> ListAsync(CancellationToken cancellationToken = default) =>
        (await ReadAsync(cancellationToken).ConfigureAwait(false)).Rows;

    private static int Column(DbDataReader reader, string name)
    {
        string[] names = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        return Array.FindIndex(names, column => string.Equals(column, name, StringComparison.OrdinalIgnoreCase));
    }

    private static string? Text(DbDataReader reader, int column) => column < 0 || reader.IsDBNull(column) ? null : reader.GetValue(column) switch
    {
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        object value => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private async Task<FactTable> ReadAsync(CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_content is not { } content || _clock.GetElapsedTime(content.Read) >= Lifetime)
            {
                long now = _clock.GetTimestamp();
                List<(string Place, string? Question, string? Answer, string? AsOf)> rows = await QueryAsync(cancellationToken).ConfigureAwait(false);
                FactTable facts = FactTable.Create(
                    _card, Name, Name, report => rows.Select(row => FactRow.TryParse(row.Place, row.Question, row.Answer, row.AsOf, report)).OfType<FactRow>());
                _content = content = (now, facts);
            }

            return content.Facts;
        }
        finally
        {
            _loading.Release();
        }
    }

    private async Task<List<(string Place, string? Question, string? Answer, string? AsOf)>> QueryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using DbConnection connection = await _connect(cancellationToken).ConfigureAwait(false);
            await using DbCommand command = connection.CreateCommand();
            command.CommandText = _query;
            await using DbDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            int question = Column(reader, "question"), answer = Column(reader, "answer"), asOf = Column(reader, "as_of");
            if (question < 0 || answer < 0)
            {
                throw new FactSourceException($"{Name}: the query must give the columns question and answer, and may give as_of.");
            }

            List<(string, string?, string?, string?)> rows = [];
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                rows.Add(($"row {rows.Count + 1}", Text(reader, question), Text(reader, answer), Text(reader, asOf)));
            }

            return rows;
        }
        catch (Exception error) when (error is DbException or InvalidOperationException or TimeoutException or IOException)
        {
            throw new FactSourceException($"{Name} cannot be read: {error.Message}", error);
        }
    }
}
