using Ibke.Runtime.Constraints.Automata;

namespace Ibke.Runtime.Constraints.Grammar;

/// <summary>A deterministic automaton over bytes with few edges a state. Immutable and thread-safe.</summary>
internal sealed class ByteAutomaton
{
    /// <summary>The state in which it begins.</summary>
    public const int Start = 0;

    /// <summary>What stands for no state.</summary>
    public const int Dead = -1;

    private readonly int[] _first;
    private readonly byte[] _labels;
    private readonly int[] _targets;
    private readonly bool[] _accepting;

    private ByteAutomaton(IReadOnlyList<SortedDictionary<byte, int>> edges, bool[] accepting)
    {
        _accepting = accepting;
        _first = new int[edges.Count + 1];
        for (int state = 0; state < edges.Count; state++)
        {
            _first[state + 1] = _first[state] + edges[state].Count;
        }

        _labels = [.. edges.SelectMany(state => state.Keys)];
        _targets = [.. edges.SelectMany(state => state.Values)];
    }

    /// <summary>The number of states.</summary>
    public int States => _accepting.Length;

    /// <summary>Exactly these texts, as UTF-8, each of them perhaps with one space behind it.</summary>
    public static ByteAutomaton OfTexts(IEnumerable<string> texts, bool optionalSpace = false)
    {
        List<SortedDictionary<byte, int>> edges = [[]];
        List<bool> accepting = [false];
        foreach (string text in texts)
        {
            int state = Start;
            foreach (byte value in System.Text.Encoding.UTF8.GetBytes(text))
            {
                state = Target(state, value);
            }

            accepting[state] = true;
            if (optionalSpace)
            {
                accepting[Target(state, (byte)' ')] = true;
            }
        }

        return new ByteAutomaton(edges, [.. accepting]);

        int Target(int state, byte value)
        {
            if (!edges[state].TryGetValue(value, out int target))
            {
                target = edges.Count;
                edges[state][value] = target;
                edges.Add([]);
                accepting.Add(false);
            }

            return target;
        }
    }

    /// <summary>The texts of an automaton over ASCII characters.</summary>
    public static ByteAutomaton OfAscii(CodePointAutomaton automaton)
    {
        SortedDictionary<byte, int>[] edges = [.. Enumerable.Range(0, automaton.States).Select(_ => new SortedDictionary<byte, int>())];
        for (byte value = 0; value < 0x80; value++)
        {
            int number = automaton.Classes.ClassOf(value);
            for (int state = 0; state < automaton.States; state++)
            {
                if (automaton.Next(state, number) is var next and not CodePointAutomaton.Dead)
                {
                    edges[state][value] = next;
                }
            }
        }

        return new ByteAutomaton(edges, [.. Enumerable.Range(0, automaton.States).Select(automaton.IsAccepting)]);
    }

    /// <summary>The state after a byte.</summary>
    public int Next(int state, byte value)
    {
        int at = Array.BinarySearch(_labels, _first[state], _first[state + 1] - _first[state], value);
        return at < 0 ? Dead : _targets[at];
    }

    /// <summary>Whether a text may end in a state.</summary>
    public bool IsAccepting(int state) => _accepting[state];

    /// <summary>Whether a text may go on in a state.</summary>
    public bool HasEdges(int state) => _first[state + 1] > _first[state];

    /// <summary>The bytes that may follow a state.</summary>
    public ReadOnlySpan<byte> Labels(int state) => _labels.AsSpan(_first[state], _first[state + 1] - _first[state]);
}
