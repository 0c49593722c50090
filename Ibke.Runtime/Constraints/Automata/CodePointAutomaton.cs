namespace Ibke.Runtime.Constraints.Automata;

/// <summary>
/// A deterministic automaton over code points. From every state that can be reached an accepting one can be reached. Immutable and thread-safe.
/// </summary>
internal sealed class CodePointAutomaton
{
    /// <summary>What stands for no state.</summary>
    public const int Dead = -1;

    /// <summary>The state in which it begins.</summary>
    public const int Start = 0;

    private const int MostTransitions = 500_000;

    private readonly int[] _next;
    private readonly bool[] _accepting;

    /// <summary>Takes a transition table and drops what leads nowhere.</summary>
    /// <param name="classes">What its transitions are by.</param>
    /// <param name="next">[states, classes]: the next state or <see cref="Dead"/>; changed.</param>
    /// <param name="accepting">[states].</param>
    public CodePointAutomaton(CodePointClasses classes, int[] next, bool[] accepting)
    {
        Classes = classes;
        _next = next;
        _accepting = accepting;
        bool[] alive = FindAlive();
        IsEmpty = !alive[Start];
        for (int i = 0; i < next.Length; i++)
        {
            next[i] = next[i] == Dead || !alive[next[i]] ? Dead : next[i];
        }
    }

    /// <summary>The alphabet.</summary>
    public CodePointClasses Classes { get; }

    /// <summary>The number of states.</summary>
    public int States => _accepting.Length;

    /// <summary>The states times the classes of characters: what it takes to follow the automaton.</summary>
    public int Transitions => _next.Length;

    /// <summary>Whether it accepts no text at all.</summary>
    public bool IsEmpty { get; }

    /// <summary>The automaton of all texts within a length.</summary>
    /// <exception cref="FormatException">The lengths are too large to count.</exception>
    public static CodePointAutomaton OfLength(int least, int most)
    {
        int states = CheckSize((long)(most == int.MaxValue ? least : most) + 1, 1);
        int[] next = [.. Enumerable.Range(1, states)];
        next[^1] = most == int.MaxValue ? states - 1 : Dead;
        return new CodePointAutomaton(CodePointClasses.One, next, [.. Enumerable.Range(0, states).Select(length => length >= least)]);
    }

    /// <summary>The state after a character of a class.</summary>
    public int Next(int state, int number) => _next[state * Classes.Count + number];

    /// <summary>Whether a text may end in a state.</summary>
    public bool IsAccepting(int state) => _accepting[state];

    /// <summary>What both accept.</summary>
    /// <exception cref="FormatException">The result would be too large.</exception>
    public CodePointAutomaton Intersect(CodePointAutomaton other)
    {
        CodePointClasses classes = Classes.Refine(other.Classes, out (int Own, int Others)[] parts);
        Dictionary<(int, int), int> numbers = new() { [(Start, Start)] = 0 };
        List<(int Own, int Others)> states = [(Start, Start)];
        List<int> next = [];
        for (int state = 0; state < states.Count; state++)
        {
            CheckSize(states.Count, classes.Count);
            foreach ((int own, int others) in parts)
            {
                (int, int) target = (Next(states[state].Own, own), other.Next(states[state].Others, others));
                if (target.Item1 == Dead || target.Item2 == Dead)
                {
                    next.Add(Dead);
                    continue;
                }

                if (numbers.TryAdd(target, states.Count))
                {
                    states.Add(target);
                }

                next.Add(numbers[target]);
            }
        }

        return new CodePointAutomaton(classes, [.. next], [.. states.Select(pair => IsAccepting(pair.Own) && other.IsAccepting(pair.Others))]);
    }

    /// <summary>What it does not accept.</summary>
    public CodePointAutomaton Complement()
    {
        int sink = States;
        int[] next = new int[(States + 1) * Classes.Count];
        Array.Fill(next, sink);
        for (int i = 0; i < _next.Length; i++)
        {
            next[i] = _next[i] == Dead ? sink : _next[i];
        }

        return new CodePointAutomaton(Classes, next, [.. _accepting.Select(accepting => !accepting), true]);
    }

    /// <summary>Whether it accepts a text without lone surrogates.</summary>
    public bool Accepts(string text)
    {
        int state = Start;
        foreach (System.Text.Rune rune in text.EnumerateRunes())
        {
            state = Next(state, Classes.ClassOf(rune.Value));
            if (state == Dead)
            {
                return false;
            }
        }

        return IsAccepting(state);
    }

    /// <summary>Checks that a table is not too large.</summary>
    /// <exception cref="FormatException">It is.</exception>
    public static int CheckSize(long states, int classes) => states * classes <= MostTransitions
        ? (int)states
        : throw new FormatException("it takes too many states to follow");

    private bool[] FindAlive()
    {
        List<int>[] sources = [.. Enumerable.Range(0, States).Select(_ => new List<int>())];
        for (int i = 0; i < _next.Length; i++)
        {
            if (_next[i] != Dead)
            {
                sources[_next[i]].Add(i / Classes.Count);
            }
        }

        bool[] alive = [.. _accepting];
        Stack<int> open = new(Enumerable.Range(0, States).Where(state => alive[state]));
        while (open.TryPop(out int state))
        {
            foreach (int source in sources[state].Where(source => !alive[source]))
            {
                alive[source] = true;
                open.Push(source);
            }
        }

        return alive;
    }
}
