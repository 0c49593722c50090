namespace Ibke.Samples.KnowledgeMaintenanceBot.Tests;

/// <summary>A test that runs where a PostgreSQL server is given, and says so where none is.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsPostgresAttribute : FactAttribute
{
    private const string Variable = "IBKE_POSTGRES";

    public NeedsPostgresAttribute() => Skip = Server is null
        ? $"No PostgreSQL server: {Variable} is not set, so the bot is tested on SQLite only. .ci/run starts a server." : null;

    /// <summary>The connection string; null where there is no server.</summary>
    public static string? Server { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : null;
}
