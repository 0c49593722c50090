using System.Data.Common;
using System.Net.Sockets;
using Npgsql;

namespace Ibke.Runtime.Knowledge.Journals;

/// <summary>An advisory lock that lasts as long as its connection.</summary>
internal sealed class PostgresLead(NpgsqlConnection connection) : IJournalLead
{
    /// <inheritdoc/>
    public async Task<bool> IsHeldAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using DbCommand command = JournalRows.Command(connection, null, "SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or SocketException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            // A pooled connection is used again: it must not take the lock with it.
            await using DbCommand command = JournalRows.Command(connection, null, "SELECT pg_advisory_unlock_all()");
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or SocketException or InvalidOperationException)
        {
            // The connection is gone, and the lock with it.
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }
}
