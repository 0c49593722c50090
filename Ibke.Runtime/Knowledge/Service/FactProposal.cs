using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge.Service;

/// <summary>An edit that somebody wants.</summary>
public sealed record FactProposal
{
    /// <summary>What is to change. Its <see cref="EditRequest.Source"/> and <see cref="EditRequest.Requester"/> are set by the service.</summary>
    public required EditRequest Request { get; init; }

    /// <summary>Why, for the journal; null for no reason.</summary>
    public string? Reason { get; init; }

    /// <summary>When the fact ceases to hold; then the edit is checked with the sources and kept or taken back. Null: never.</summary>
    public DateTimeOffset? ValidUntil { get; init; }
}
