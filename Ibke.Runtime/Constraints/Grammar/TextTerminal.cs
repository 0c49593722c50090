using Ibke.Runtime.Constraints.Automata;

namespace Ibke.Runtime.Constraints.Grammar;

/// <summary>The characters of a JSON string, with its quotes, or of a plain text: those that an automaton accepts, within a length.</summary>
internal sealed class TextTerminal : Terminal
{
    private const int BeforeQuote = 0;
    private const int AfterQuote = -1;
    private const int FirstInside = 1;

    private readonly CodePointAutomaton _automaton;
    private readonly CharacterAutomaton _characters;
    private readonly CharacterCosts _characterCosts;
    private readonly bool _quoted;
    private readonly int _least;
    private readonly int _most;
    private readonly ulong[][] _live;
    private readonly long[] _costs;
    private readonly long _quoteCost;
    private readonly long _cheapestCharacter;

    /// <summary>Makes it for a vocabulary.</summary>
    /// <param name="automaton">Decides over the characters. With lengths it has one state, which accepts.</param>
    /// <param name="characters">Reads them, for the classes of the automaton.</param>
    /// <param name="characterCosts">What they cost.</param>
    /// <param name="quoteCost">The tokens that a quote needs, or null for a plain text without any.</param>
    /// <param name="least">The least length in code points.</param>
    /// <param name="most">The largest, or <see cref="int.MaxValue"/>.</param>
    public TextTerminal(
        CodePointAutomaton automaton, CharacterAutomaton characters, CharacterCosts characterCosts, long? quoteCost, int least = 0, int most = int.MaxValue)
    {
        _automaton = automaton;
        _characters = characters;
        _characterCosts = characterCosts;
        _quoted = quoteCost is not null;
        _quoteCost = quoteCost ?? 0;
        _least = least;
        _most = most;
        _live = [.. Enumerable.Range(0, automaton.States).Select(LiveClasses)];
        _costs = FindCosts();
        _cheapestCharacter = Cheapest();
    }

    /// <inheritdoc/>
    public override Goal Start => new(this, _quoted ? BeforeQuote : Inside(CodePointAutomaton.Start, CharacterAutomaton.Start), _least, _most);

    /// <inheritdoc/>
    public override long CostOf(in Goal goal)
    {
        if (goal.Position == AfterQuote || _automaton.IsEmpty)
        {
            return _automaton.IsEmpty ? Impossible : 0;
        }

        if (goal.Position == BeforeQuote)
        {
            return Sum(_quoteCost, InsideCost(CodePointAutomaton.Start, goal.Least));
        }

        Split(goal.Position, out int state, out int within);
        if (within == CharacterAutomaton.Start)
        {
            return InsideCost(state, goal.Least);
        }

        long best = Impossible;
        for (int number = 0; number < _automaton.Classes.Count; number++)
        {
            int next = _automaton.Next(state, number);
            int cost = _characterCosts.Of(within, number);
            if (next != CodePointAutomaton.Dead && cost != TokenCosts.None)
            {
                best = Math.Min(best, Sum(cost, InsideCost(next, Math.Max(0, goal.Least - 1))));
            }
        }

        return best;
    }

    /// <inheritdoc/>
    public override bool TryStep(in Goal goal, byte value, out Goal next)
    {
        next = goal;
        if (goal.Position <= BeforeQuote)
        {
            next = goal with { Position = Inside(CodePointAutomaton.Start, CharacterAutomaton.Start) };
            return goal.Position == BeforeQuote && value == '"' && !_automaton.IsEmpty;
        }

        Split(goal.Position, out int state, out int within);
        if (_quoted && within == CharacterAutomaton.Start && value == '"')
        {
            next = goal with { Position = AfterQuote };
            return goal.Least == 0 && _automaton.IsAccepting(state);
        }

        int after = goal.Most == 0 ? CharacterAutomaton.Dead : _characters.Next(within, value);
        if (after == CharacterAutomaton.Dead)
        {
            return false;
        }

        if (CharacterAutomaton.IsFinal(after, out int number))
        {
            int target = _automaton.Next(state, number);
            next = new Goal(
                this, Inside(target, CharacterAutomaton.Start), Math.Max(0, goal.Least - 1), goal.Most == int.MaxValue ? int.MaxValue : goal.Most - 1);
            return target != CodePointAutomaton.Dead;
        }

        next = goal with { Position = Inside(state, after) };
        return Overlap(_characters.Reach(after), _live[state]);
    }

    /// <inheritdoc/>
    public override bool CanEnd(in Goal goal)
    {
        if (_quoted || goal.Position <= BeforeQuote)
        {
            return goal.Position == AfterQuote;
        }

        Split(goal.Position, out int state, out int within);
        return within == CharacterAutomaton.Start && goal.Least == 0 && _automaton.IsAccepting(state);
    }

    /// <inheritdoc/>
    public override bool CanGoOn(in Goal goal)
    {
        if (goal.Position <= BeforeQuote)
        {
            return goal.Position == BeforeQuote;
        }

        Split(goal.Position, out int state, out int within);
        return _quoted || within != CharacterAutomaton.Start || (goal.Most > 0 && _live[state].Any(word => word != 0));
    }

    private static bool Overlap(ReadOnlySpan<ulong> first, ulong[] second)
    {
        for (int i = 0; i < first.Length; i++)
        {
            if ((first[i] & second[i]) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private int Inside(int state, int within) => FirstInside + state * _characters.States + within;

    private void Split(int position, out int state, out int within) =>
        (state, within) = Math.DivRem(position - FirstInside, _characters.States);

    private long InsideCost(int state, int least) =>
        Sum(least == 0 ? _costs[state] : Math.Min(least * _cheapestCharacter, Impossible), _quoteCost);

    private ulong[] LiveClasses(int state)
    {
        ulong[] live = new ulong[(_automaton.Classes.Count + 63) / 64];
        for (int number = 0; number < _automaton.Classes.Count; number++)
        {
            live[number / 64] |= _automaton.Next(state, number) == CodePointAutomaton.Dead ? 0 : 1UL << number;
        }

        return live;
    }

    private long Cheapest()
    {
        long best = Impossible;
        for (int number = 0; number < _automaton.Classes.Count; number++)
        {
            int cost = _characterCosts.Of(CharacterAutomaton.Start, number);
            best = cost == TokenCosts.None || _automaton.Next(CodePointAutomaton.Start, number) == CodePointAutomaton.Dead ? best : Math.Min(best, cost);
        }

        return best;
    }

    // The tokens from each state to an accepting one: Dijkstra, backwards.
    private long[] FindCosts()
    {
        List<(int Source, int Cost)>[] sources = [.. Enumerable.Range(0, _automaton.States).Select(_ => new List<(int, int)>())];
        for (int state = 0; state < _automaton.States; state++)
        {
            for (int number = 0; number < _automaton.Classes.Count; number++)
            {
                int next = _automaton.Next(state, number);
                int cost = _characterCosts.Of(CharacterAutomaton.Start, number);
                if (next != CodePointAutomaton.Dead && cost != TokenCosts.None)
                {
                    sources[next].Add((state, cost));
                }
            }
        }

        long[] costs = [.. Enumerable.Range(0, _automaton.States).Select(state => _automaton.IsAccepting(state) ? 0 : Impossible)];
        PriorityQueue<int, long> open = new(Enumerable.Range(0, costs.Length).Where(_automaton.IsAccepting).Select(state => (state, 0L)));
        while (open.TryDequeue(out int state, out long cost))
        {
            foreach ((int source, int step) in cost == costs[state] ? sources[state] : [])
            {
                if (cost + step < costs[source])
                {
                    costs[source] = cost + step;
                    open.Enqueue(source, cost + step);
                }
            }
        }

        return costs;
    }
}
