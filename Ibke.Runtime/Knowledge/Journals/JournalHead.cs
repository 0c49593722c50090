namespace Ibke.Runtime.Knowledge.Journals;

/// <summary>Where a journal ends: what the next entry follows.</summary>
/// <param name="Sequence">The number of the last entry; 0 for none.</param>
/// <param name="Hash">Its hash.</param>
public sealed record JournalHead(long Sequence, string Hash)
{
    /// <summary>Of a journal without entries.</summary>
    public static JournalHead Empty { get; } = new(0, JournalEntry.Origin);
}
