using Ibke.Runtime.Constraints.Vocabulary;

namespace Ibke.Runtime.Constraints.Grammar;

/// <summary>How many tokens it takes, at least, from each state of an automaton to the end of its text.</summary>
internal static class TokenCosts
{
    /// <summary>The cost where no tokens spell the rest.</summary>
    public const int None = int.MaxValue;

    /// <summary>The costs of all states.</summary>
    public static int[] Of(ByteAutomaton automaton, TokenTrie trie)
    {
        List<int>[] sources = [.. Enumerable.Range(0, automaton.States).Select(_ => new List<int>())];
        int[] path = new int[trie.Longest + 1];
        for (int state = 0; state < automaton.States; state++)
        {
            foreach (int target in Targets(automaton, state, trie, path))
            {
                sources[target].Add(state);
            }
        }

        // Breadth first from the end: every token costs the same.
        int[] costs = new int[automaton.States];
        Array.Fill(costs, None);
        Queue<int> open = new();
        foreach (int state in Enumerable.Range(0, automaton.States).Where(automaton.IsAccepting))
        {
            costs[state] = 0;
            open.Enqueue(state);
        }

        while (open.TryDequeue(out int state))
        {
            foreach (int source in sources[state].Where(source => costs[source] == None))
            {
                costs[source] = costs[state] + 1;
                open.Enqueue(source);
            }
        }

        return costs;
    }

    /// <summary>The states that a single token leads to.</summary>
    private static HashSet<int> Targets(ByteAutomaton automaton, int from, TokenTrie trie, int[] path)
    {
        HashSet<int> targets = [];
        path[0] = from;
        for (int node = 0; node < trie.Count;)
        {
            int depth = trie.Depth(node);
            int state = automaton.Next(path[depth], trie.Label(node));
            if (state == ByteAutomaton.Dead)
            {
                node = trie.End(node);
                continue;
            }

            path[depth + 1] = state;
            if (trie.TokensAt(node).Length > 0)
            {
                targets.Add(state);
            }

            node++;
        }

        return targets;
    }
}
