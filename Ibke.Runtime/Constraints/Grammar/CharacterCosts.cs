using Ibke.Runtime.Constraints.Automata;
using Ibke.Runtime.Constraints.Vocabulary;

namespace Ibke.Runtime.Constraints.Grammar;

/// <summary>How many tokens it takes, at least, to complete a character of each class from each state within it. Immutable and thread-safe.</summary>
internal sealed class CharacterCosts
{
    private readonly CharacterAutomaton _characters;
    private readonly TokenTrie _trie;
    private readonly int _classes;
    private readonly int[]?[] _costs;

    /// <summary>Finds them for the tokens of a vocabulary.</summary>
    public CharacterCosts(CharacterAutomaton characters, int classes, TokenTrie trie)
    {
        _characters = characters;
        _classes = classes;
        _trie = trie;
        _costs = new int[]?[characters.States];
        for (int state = 0; state < characters.States; state++)
        {
            Find(state);
        }
    }

    /// <summary>The cost, <see cref="TokenCosts.None"/> where the vocabulary cannot write such a character.</summary>
    public int Of(int state, int number) => _costs[state]![number];

    private int[] Find(int state)
    {
        if (_costs[state] is int[] known)
        {
            return known;
        }

        int[] costs = new int[_classes];
        Array.Fill(costs, TokenCosts.None);
        _costs[state] = costs;
        foreach (int target in Targets(state))
        {
            if (CharacterAutomaton.IsFinal(target, out int number))
            {
                costs[number] = 1;
                continue;
            }

            int[] rest = Find(target);
            for (int i = 0; i < _classes; i++)
            {
                costs[i] = rest[i] == TokenCosts.None ? costs[i] : Math.Min(costs[i], rest[i] + 1);
            }
        }

        return costs;
    }

    // Where a single token leads that does not go beyond the character.
    private HashSet<int> Targets(int from)
    {
        HashSet<int> targets = [];
        int[] path = new int[_trie.Longest + 1];
        path[0] = from;
        for (int node = 0; node < _trie.Count;)
        {
            int depth = _trie.Depth(node);
            int state = _characters.Next(path[depth], _trie.Label(node));
            if (state != CharacterAutomaton.Dead && _trie.TokensAt(node).Length > 0)
            {
                targets.Add(state);
            }

            path[depth + 1] = state;
            node = state == CharacterAutomaton.Dead || CharacterAutomaton.IsFinal(state, out _) ? _trie.End(node) : node + 1;
        }

        return targets;
    }
}
