namespace Ibke.Runtime.Constraints.Grammar;

/// <summary>Parts one after the other.</summary>
internal sealed class SequenceNode(params IReadOnlyList<GrammarNode> parts) : Composite
{
    private readonly long _cost = parts.Aggregate(0L, (sum, part) => Sum(sum, part.Cost));

    /// <inheritdoc/>
    public override Goal Start => new(this, 0);

    /// <inheritdoc/>
    public override long CostOf(in Goal goal) => _cost;

    /// <inheritdoc/>
    public override IEnumerable<Goal[]> Alternatives(Goal goal) => [[.. parts.Select(part => part.Start)]];
}
