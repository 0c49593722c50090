using Ibke.Runtime.Constraints.Grammar;
using Ibke.Runtime.Constraints.Vocabulary;

namespace Ibke.Runtime.Constraints.Parsing;

/// <summary>
/// The states of a grammar that texts have come to, made as they are needed. A full cache is given up for a new one; see
/// <see cref="CompiledGrammar"/>.
/// </summary>
/// <remarks>Thread-safe. States that are known are read without a lock.</remarks>
internal sealed class ParserCache(TokenVocabulary vocabulary)
{
    /// <summary>The most ways to read a text that are followed; others, which are no wrong texts, are given up.</summary>
    private const int MostStacks = 2048;

    private const int MostStates = 16_384;
    private const int MostNodes = 262_144;
    private const long MostMaskBytes = 32L << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<(Goal Goal, int Below), StackNode> _nodes = [];
    private readonly Dictionary<StateKey, ParserState> _states = [];
    private long _maskBytes;

    /// <summary>Whether it holds more than it should.</summary>
    public bool IsFull => _states.Count > MostStates || _nodes.Count > MostNodes || Volatile.Read(ref _maskBytes) > MostMaskBytes;

    /// <summary>The state before anything of a grammar is written.</summary>
    public ParserState Begin(GrammarNode root)
    {
        lock (_lock)
        {
            Expansion expansion = new(this);
            expansion.Add(Push(root.Start, null));
            return State(expansion);
        }
    }

    /// <summary>The state after a byte.</summary>
    public ParserState Step(ParserState state, byte value)
    {
        lock (_lock)
        {
            Expansion expansion = new(this);
            foreach (StackNode stack in state.Stacks)
            {
                if (((Terminal)stack.Goal.Node).TryStep(stack.Goal, value, out Goal next))
                {
                    expansion.AddStepped(next, stack.Below);
                }
            }

            return State(expansion);
        }
    }

    /// <summary>The same state in this cache.</summary>
    public ParserState Import(ParserState state) => state.Cache == this ? state : Rebuild(state, static goal => goal);

    /// <summary>The tokens that may follow a state, whatever is left for the text.</summary>
    public TokenMask MaskOf(ParserState state)
    {
        if (state.MaskState?.Mask is TokenMask known)
        {
            return known;
        }

        lock (_lock)
        {
            int limit = vocabulary.Trie.Longest + 1;
            ParserState shared = state.MaskState ??= Rebuild(state, goal => goal.Clamp(limit));
            if (shared.Mask is null)
            {
                shared.Mask = TokenWalk.Find(shared, vocabulary.Trie, vocabulary);
                Interlocked.Add(ref _maskBytes, shared.Mask.Bytes);
            }

            return shared.Mask;
        }
    }

    /// <summary>The tokens that may follow a state where few are left.</summary>
    /// <param name="state">Where the text is.</param>
    /// <param name="spare">How many more tokens may follow the next one than the text needs now.</param>
    public TokenMask MaskOf(ParserState state, long spare)
    {
        if (spare >= MaskOf(state).Rise)
        {
            return MaskOf(state);
        }

        // A token changes what the text needs by as much in the state that shares the mask.
        ParserState shared = state.MaskState!;
        lock (_lock)
        {
            Dictionary<long, TokenMask> masks = shared.ScarceMasks ??= [];
            if (!masks.TryGetValue(spare, out TokenMask? mask))
            {
                mask = TokenWalk.Find(shared, vocabulary.Trie, vocabulary, shared.Cost + spare);
                masks[spare] = mask;
                Interlocked.Add(ref _maskBytes, mask.Bytes);
            }

            return mask;
        }
    }

    private ParserState Rebuild(ParserState state, Func<Goal, Goal> change)
    {
        lock (_lock)
        {
            Dictionary<StackNode, StackNode> rebuilt = [];
            Expansion expansion = new(this) { IsComplete = state.IsComplete };
            foreach (StackNode stack in state.Stacks)
            {
                expansion.Stacks.Add(Copy(stack, rebuilt, change));
            }

            return State(expansion);
        }
    }

    private StackNode Copy(StackNode stack, Dictionary<StackNode, StackNode> rebuilt, Func<Goal, Goal> change)
    {
        // From the bottom up, without recursion: stacks may be deep.
        Stack<StackNode> open = [];
        StackNode? at = stack;
        StackNode? copy = null;
        for (; at is not null && !rebuilt.TryGetValue(at, out copy); at = at.Below)
        {
            open.Push(at);
        }

        while (open.TryPop(out StackNode? node))
        {
            copy = Push(change(node.Goal), copy);
            rebuilt[node] = copy;
        }

        return copy!;
    }

    private StackNode Push(Goal goal, StackNode? below)
    {
        (Goal, int) key = (goal, below?.Id ?? -1);
        if (!_nodes.TryGetValue(key, out StackNode? node))
        {
            node = new StackNode(goal, below, _nodes.Count);
            _nodes[key] = node;
        }

        return node;
    }

    private ParserState State(Expansion expansion)
    {
        StackNode[] stacks = [.. expansion.Stacks];
        if (stacks.Length > MostStacks)
        {
            stacks = [.. stacks.OrderBy(stack => stack.Cost).ThenBy(stack => stack.Id).Take(MostStacks)];
        }

        Array.Sort(stacks, static (a, b) => a.Id.CompareTo(b.Id));
        StateKey key = new(stacks, expansion.IsComplete);
        if (!_states.TryGetValue(key, out ParserState? state))
        {
            state = new ParserState(this, stacks, expansion.IsComplete);
            _states[key] = state;
        }

        return state;
    }

    /// <summary>Collects the ways to go on, down to the terminals.</summary>
    private sealed class Expansion(ParserCache cache)
    {
        private readonly HashSet<StackNode> _seen = [];

        public HashSet<StackNode> Stacks { get; } = [];

        public bool IsComplete { get; set; }

        public void AddStepped(Goal goal, StackNode? below)
        {
            Terminal terminal = (Terminal)goal.Node;
            if (terminal.CanGoOn(goal))
            {
                Stacks.Add(cache.Push(goal, below));
            }

            if (terminal.CanEnd(goal))
            {
                Add(below);
            }
        }

        public void Add(StackNode? stack)
        {
            if (stack is null)
            {
                IsComplete = true;
            }
            else if (stack.Goal.Node is not Composite composite)
            {
                AddStepped(stack.Goal, stack.Below);
            }
            else if (_seen.Add(stack))
            {
                foreach (Goal[] goals in composite.Alternatives(stack.Goal))
                {
                    if (goals.All(static goal => goal.Node.CostOf(goal) < GrammarNode.Impossible))
                    {
                        Add(goals.Reverse().Aggregate(stack.Below, (below, goal) => cache.Push(goal, below)));
                    }
                }
            }
        }
    }

    private readonly struct StateKey(StackNode[] stacks, bool isComplete) : IEquatable<StateKey>
    {
        private readonly StackNode[] _stacks = stacks;
        private readonly bool _isComplete = isComplete;

        public bool Equals(StateKey other) => _isComplete == other._isComplete && _stacks.AsSpan().SequenceEqual(other._stacks);

        public override bool Equals(object? obj) => obj is StateKey other && Equals(other);

        public override int GetHashCode()
        {
            HashCode hash = default;
            hash.Add(_isComplete);
            foreach (StackNode stack in _stacks)
            {
                hash.Add(stack.Id);
            }

            return hash.ToHashCode();
        }
    }
}
