using Ibke.Runtime.Constraints.Vocabulary;

namespace Ibke.Runtime.Constraints.Grammar;

/// <summary>A terminal of plain bytes, such as a property's name with its quotes, the values of an enumeration, or a number.</summary>
internal sealed class ByteTerminal : Terminal
{
    private readonly ByteAutomaton _automaton;
    private readonly int[] _costs;

    /// <summary>Makes it for a vocabulary.</summary>
    public ByteTerminal(ByteAutomaton automaton, TokenTrie trie)
    {
        _automaton = automaton;
        _costs = TokenCosts.Of(automaton, trie);
    }

    /// <inheritdoc/>
    public override Goal Start => new(this, ByteAutomaton.Start);

    /// <summary>The automaton.</summary>
    public ByteAutomaton Automaton => _automaton;

    /// <inheritdoc/>
    public override long CostOf(in Goal goal) => _costs[goal.Position] == TokenCosts.None ? Impossible : _costs[goal.Position];

    /// <inheritdoc/>
    public override bool TryStep(in Goal goal, byte value, out Goal next)
    {
        int state = _automaton.Next(goal.Position, value);
        next = goal with { Position = state };
        return state != ByteAutomaton.Dead;
    }

    /// <inheritdoc/>
    public override bool CanEnd(in Goal goal) => _automaton.IsAccepting(goal.Position);

    /// <inheritdoc/>
    public override bool CanGoOn(in Goal goal) => _automaton.HasEdges(goal.Position);
}
