namespace Ibke.Runtime.Constraints.Grammar;

/// <summary>A part any number of times, also not at all.</summary>
internal sealed class AnyNumberNode(GrammarNode part) : Composite
{
    /// <inheritdoc/>
    public override Goal Start => new(this, 0);

    /// <inheritdoc/>
    public override long CostOf(in Goal goal) => 0;

    /// <inheritdoc/>
    public override IEnumerable<Goal[]> Alternatives(Goal goal) => [[], [part.Start, goal]];
}
