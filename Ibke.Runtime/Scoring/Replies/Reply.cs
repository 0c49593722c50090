namespace Ibke.Runtime.Scoring.Replies;

/// <summary>What a model says, or is to say.</summary>
/// <param name="Ids">The tokens, without the one that ends it.</param>
/// <param name="Ends">Whether a token that ends a reply follows.</param>
internal sealed record Reply(IReadOnlyList<int> Ids, bool Ends)
{
    /// <summary>The tokens, the end included.</summary>
    public int Length => Ids.Count + (Ends ? 1 : 0);

    /// <summary>Whether both say the same and end alike.</summary>
    public bool SameAs(Reply other) => Ends == other.Ends && Ids.SequenceEqual(other.Ids);
}
