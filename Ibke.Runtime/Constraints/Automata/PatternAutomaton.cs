using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Constraints.Automata;

/// <summary>
/// Turns an expression of sets, sequences, alternatives and repetitions into a deterministic automaton: Thompson's construction, then subsets.
/// Both are bounded, so that no expression costs more than a moment.
/// </summary>
internal sealed class PatternAutomaton
{
    private const int MostPositions = 20_000;
    private const long MostWork = 2_000_000;

    private readonly List<CodePointSet> _sets = [];
    private readonly List<List<int>> _free = [];
    private readonly List<(int Set, int Target)> _step = [];
    private long _work;

    /// <summary>Builds the automaton of the texts that match as a whole.</summary>
    /// <exception cref="FormatException">It would be too large.</exception>
    public static CodePointAutomaton Build(PatternNode node)
    {
        PatternAutomaton builder = new();
        int start = builder.AddPosition();
        int end = builder.Add(node, start);
        return builder.Determine(start, end);
    }

    /// <summary>Builds the automaton of some texts.</summary>
    /// <exception cref="FormatException">It would be too large.</exception>
    public static CodePointAutomaton OfTexts(IEnumerable<string> texts) => Build(new AlternativesNode(
        [.. texts.Select(text => new SequenceNode([.. text.EnumerateRunes().Select(rune => new SetNode(CodePointSet.Of(rune.Value)))]))]));

    private int AddPosition()
    {
        if (_free.Count == MostPositions)
        {
            throw new FormatException("its repetitions are too large");
        }

        _free.Add([]);
        _step.Add((CodePointClasses.None, 0));
        return _free.Count - 1;
    }

    /// <summary>Adds an expression behind a position, and gives the position behind the expression.</summary>
    private int Add(PatternNode node, int from)
    {
        switch (node)
        {
            case SetNode set:
                int behind = AddPosition();
                int before = AddPosition();
                _free[from].Add(before);
                _step[before] = (_sets.Count, behind);
                _sets.Add(set.Set);
                return behind;
            case SequenceNode sequence:
                return sequence.Parts.Aggregate(from, (at, part) => Add(part, at));
            case AlternativesNode alternatives:
                int end = AddPosition();
                foreach (PatternNode part in alternatives.Parts)
                {
                    int start = AddPosition();
                    _free[from].Add(start);
                    _free[Add(part, start)].Add(end);
                }

                return end;
            case RepeatNode repeat:
                return AddRepeat(repeat, from);
            default:
                throw new FormatException($"{node.GetType().Name} cannot be followed by an automaton");
        }
    }

    private int AddRepeat(RepeatNode repeat, int from)
    {
        int at = from;
        for (int i = 0; i < repeat.Least; i++)
        {
            int next = AddPosition();
            _free[at].Add(next);
            at = Add(repeat.Body, next);
        }

        if (repeat.Most == int.MaxValue)
        {
            int loop = AddPosition();
            _free[at].Add(loop);
            _free[Add(repeat.Body, loop)].Add(loop);
            at = AddPosition();
            _free[loop].Add(at);
            return at;
        }

        int end = AddPosition();
        for (int i = repeat.Least; i < repeat.Most; i++)
        {
            _free[at].Add(end);
            int next = AddPosition();
            _free[at].Add(next);
            at = Add(repeat.Body, next);
        }

        _free[at].Add(end);
        return end;
    }

    private CodePointAutomaton Determine(int start, int end)
    {
        CodePointClasses classes = CodePointClasses.Of(_sets);
        int[][] classesOfSets = [.. _sets.Select(classes.ClassesIn)];
        Dictionary<string, int> numbers = [];
        List<int[]> states = [];
        List<int> next = [];
        AddState([start]);
        for (int state = 0; state < states.Count; state++)
        {
            CodePointAutomaton.CheckSize(states.Count, classes.Count);
            List<int>?[] targets = new List<int>?[classes.Count];
            foreach (int position in states[state].Where(position => _step[position].Set != CodePointClasses.None))
            {
                foreach (int number in classesOfSets[_step[position].Set])
                {
                    Count();
                    (targets[number] ??= []).Add(_step[position].Target);
                }
            }

            next.AddRange(targets.Select(target => target is null ? CodePointAutomaton.Dead : AddState(target)));
        }

        return new CodePointAutomaton(classes, [.. next], [.. states.Select(positions => positions.Contains(end))]);

        int AddState(List<int> positions)
        {
            int[] closed = Close(positions);
            string key = string.Join(',', closed);
            if (numbers.TryAdd(key, states.Count))
            {
                states.Add(closed);
            }

            return numbers[key];
        }
    }

    private int[] Close(List<int> positions)
    {
        HashSet<int> closed = [.. positions];
        Stack<int> open = new(closed);
        while (open.TryPop(out int position))
        {
            Count();
            foreach (int next in _free[position])
            {
                if (closed.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return [.. closed.Order()];
    }

    private void Count()
    {
        if (++_work > MostWork)
        {
            throw new FormatException("it takes too many states to follow");
        }
    }
}
