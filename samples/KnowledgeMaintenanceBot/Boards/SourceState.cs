namespace Ibke.Samples.KnowledgeMaintenanceBot.Boards;

/// <summary>How a source is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Facts">The facts that it had when it was last read.</param>
/// <param name="LastRead">When it was last read; null: never yet.</param>
/// <param name="Failures">How often in a row it could not be read.</param>
/// <param name="Error">Why not; null where it was read.</param>
/// <param name="NextTry">After a failure, when it is tried again.</param>
internal sealed record SourceState(string Name, int Facts, DateTimeOffset? LastRead, int Failures, string? Error, DateTimeOffset? NextTry)
{
    /// <summary>Before it was read.</summary>
    public static SourceState Unread(string name) => new(name, 0, null, 0, null, null);
}
