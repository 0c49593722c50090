using System.Data.Common;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Sources;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Sources;

/// <summary>Opens the sources that are watched.</summary>
internal sealed class SourceOpening(ModelCard card, HttpClient client, TimeSpan every, TimeProvider clock)
{
    // Looking at a file's time and length costs next to nothing; a mended file must not be waited for.
    private static readonly WatchTimes _files = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.5));

    private readonly WatchTimes _remote = new(every, TimeSpan.FromMinutes(1) > every ? TimeSpan.FromMinutes(1) : every);

    /// <summary>Opens a source; it need not be there yet.</summary>
    /// <exception cref="ArgumentException">No source can be at that place.</exception>
    public WatchedSource Open(SourcePlace place)
    {
        FactKeys keys = new(card);
        return place.Query is { } query ? new WatchedSource(OpenDatabase(place, query), keys, _remote, clock)
            : IsAddress(place.Place) ? new WatchedSource(
                new HttpFactSource(client, new Uri(place.Place), card) { Class = place.Class ?? "endpoint", Lifetime = TimeSpan.Zero }, keys, _remote, clock)
            : new WatchedSource(OpenFile(place), keys, _files, clock, Path.GetFullPath(place.Place));
    }

    private static bool IsAddress(string place) =>
        Uri.TryCreate(place, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

    private FileFactSource OpenFile(SourcePlace place) => Path.GetExtension(place.Place).ToLowerInvariant() switch
    {
        ".csv" => new CsvFactSource(place.Place, card) { Class = place.Class ?? "file" },
        ".json" => new JsonFactSource(place.Place, card) { Class = place.Class ?? "file" },
        _ => throw new ArgumentException($"{place.Place}: facts are read from .csv and .json files, from http addresses, and with --sql from databases."),
    };

    private SqlFactSource OpenDatabase(SourcePlace place, string query)
    {
        (string name, Func<DbConnection> create) = IsPostgres(place.Place) ? Postgres(place.Place) : Sqlite(place.Place);
        return new SqlFactSource(name, ConnectAsync, query, card, clock) { Class = place.Class ?? "database", Lifetime = TimeSpan.Zero };

        async Task<DbConnection> ConnectAsync(CancellationToken cancellationToken)
        {
            DbConnection connection = create();
            try
            {
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                return connection;
            }
            catch
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private static bool IsPostgres(string place)
    {
        DbConnectionStringBuilder parts = [];
        if (place.Contains('=', StringComparison.Ordinal))
        {
            parts.ConnectionString = place;
        }

        return parts.ContainsKey("Host") || parts.ContainsKey("Server");
    }

    private static (string Name, Func<DbConnection> Create) Postgres(string place)
    {
        NpgsqlConnectionStringBuilder parts = new(place);
        return ($"{parts.Database ?? "postgres"} on {parts.Host}", () => new NpgsqlConnection(parts.ConnectionString));
    }

    // Read only: a file that is missing must not be made. Not pooled: the file is not held open between queries.
    private static (string Name, Func<DbConnection> Create) Sqlite(string place)
    {
        SqliteConnectionStringBuilder parts = place.Contains('=', StringComparison.Ordinal) ? new(place) : new() { DataSource = place };
        (parts.Mode, parts.Pooling) = (parts.Mode == SqliteOpenMode.Memory ? parts.Mode : SqliteOpenMode.ReadOnly, false);
        return (Path.GetFileName(parts.DataSource), () => new SqliteConnection(parts.ConnectionString));
    }
}
