using Ibke.Runtime.Constraints.Grammar;

namespace Ibke.Runtime.Constraints.Parsing;

/// <summary>A goal, and what is to be written after it. Immutable; equal stacks of one cache are one object.</summary>
/// <param name="goal">What is written now.</param>
/// <param name="below">What comes after it; null at the end.</param>
/// <param name="id">Its number within the cache.</param>
internal sealed class StackNode(Goal goal, StackNode? below, int id)
{
    /// <summary>What is written now.</summary>
    public Goal Goal { get; } = goal;

    /// <summary>What comes after it; null at the end.</summary>
    public StackNode? Below { get; } = below;

    /// <summary>Its number within the cache.</summary>
    public int Id { get; } = id;

    /// <summary>The tokens that all of it needs.</summary>
    public long Cost { get; } = GrammarNode.Sum(goal.Node.CostOf(goal), below?.Cost ?? 0);
}
