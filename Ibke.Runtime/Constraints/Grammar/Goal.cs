namespace Ibke.Runtime.Constraints.Grammar;

/// <summary>A part of a grammar that is being written: how far it is, and what it still counts.</summary>
/// <param name="Node">The part.</param>
/// <param name="Position">How far it is; the part says what the number means.</param>
/// <param name="Least">What it needs at least before it may end; its characters or items.</param>
/// <param name="Most">What it may hold at most; <see cref="int.MaxValue"/> is without limit.</param>
internal readonly record struct Goal(GrammarNode Node, int Position, int Least = 0, int Most = int.MaxValue)
{
    /// <summary>The goal with counts as small as a single token cannot tell from the true ones.</summary>
    /// <param name="limit">More than a token can hold.</param>
    public Goal Clamp(int limit) => this with { Least = Math.Min(Least, limit), Most = Most >= limit ? int.MaxValue : Most };
}
