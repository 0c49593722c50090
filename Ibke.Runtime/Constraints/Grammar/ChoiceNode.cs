namespace Ibke.Runtime.Constraints.Grammar;

/// <summary>One of several parts.</summary>
internal sealed class ChoiceNode(IReadOnlyList<GrammarNode> parts) : Composite
{
    private readonly long _cost = parts.Select(part => part.Cost).Append(Impossible).Min();

    /// <inheritdoc/>
    public override Goal Start => new(this, 0);

    /// <inheritdoc/>
    public override long CostOf(in Goal goal) => _cost;

    /// <inheritdoc/>
    public override IEnumerable<Goal[]> Alternatives(Goal goal) => parts.Select(part => new[] { part.Start });
}
