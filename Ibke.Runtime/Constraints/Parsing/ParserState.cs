using Ibke.Runtime.Constraints.Vocabulary;

namespace Ibke.Runtime.Constraints.Parsing;

/// <summary>
/// Where a text is in a grammar: all ways to read it so far, each a stack with a terminal on top. Equal states of one cache are one object, so that
/// what is found out about a state is found out once.
/// </summary>
internal sealed class ParserState
{
    private ParserState?[]? _next;

    /// <summary>Makes a state; only the cache does.</summary>
    public ParserState(ParserCache cache, StackNode[] stacks, bool isComplete)
    {
        Cache = cache;
        Stacks = stacks;
        IsComplete = isComplete;
        Cost = isComplete ? 0 : stacks.Select(stack => stack.Cost).Append(Grammar.GrammarNode.Impossible).Min();
    }

    /// <summary>Where it was made.</summary>
    public ParserCache Cache { get; }

    /// <summary>The ways to read the text, ordered by number.</summary>
    public StackNode[] Stacks { get; }

    /// <summary>Whether the text may end here.</summary>
    public bool IsComplete { get; }

    /// <summary>Whether nothing can be read that way.</summary>
    public bool IsDead => !IsComplete && Stacks.Length == 0;

    /// <summary>So many tokens are enough to complete the text.</summary>
    public long Cost { get; }

    /// <summary>The tokens that may follow, once they have been found.</summary>
    public TokenMask? Mask { get; set; }

    /// <summary>Those of them that may follow where few tokens are left, by how many more there are than needed; found so far.</summary>
    public Dictionary<long, TokenMask>? ScarceMasks { get; set; }

    /// <summary>The state that shares the tokens that may follow, once it has been found.</summary>
    public ParserState? MaskState { get; set; }

    /// <summary>The state after a byte; dead where it may not follow.</summary>
    public ParserState Next(byte value)
    {
        ParserState?[] next = _next ??= new ParserState?[256];
        return next[value] ??= Cache.Step(this, value);
    }
}
