using Ibke.Runtime.Constraints.Vocabulary;

namespace Ibke.Runtime.Constraints.Parsing;

/// <summary>One text on its way through a grammar. Belongs to one generation.</summary>
internal sealed class ConstraintRun
{
    private readonly CompiledGrammar _grammar;
    private ParserState _state;
    private bool _isFirst = true;

    /// <summary>Begins a text.</summary>
    public ConstraintRun(CompiledGrammar grammar)
    {
        _grammar = grammar;
        _state = grammar.Begin();
    }

    /// <summary>Whether the text may end here.</summary>
    public bool IsComplete => _state.IsComplete;

    /// <summary>Whether the text is complete and nothing may follow it, or no token can say that it is.</summary>
    public bool IsFinished => _state.IsComplete && (_state.Stacks.Length == 0 || (_grammar.Vocabulary.EndIds.Count == 0 && Mask().Count == 0));

    /// <summary>The tokens that may come next, so that the text can be completed within a limit.</summary>
    /// <param name="left">The number of tokens that may still come, this one included; enough at the beginning is enough all the way.</param>
    public TokenMask Allowed(int left)
    {
        long spare = left - 1 - _state.Cost;
        return !_isFirst ? _state.Cache.MaskOf(_state, spare)
            : spare >= _grammar.FirstMask.Rise ? _grammar.FirstMask
            : TokenWalk.Find(_state, _grammar.Vocabulary.FirstTrie, _grammar.Vocabulary, left - 1);
    }

    /// <summary>Takes a token that was allowed.</summary>
    public void Accept(int id)
    {
        _state = Walk(_grammar.Refresh(_state), _grammar.Vocabulary.BytesOf(id, _isFirst));
        _isFirst = false;
    }

    /// <summary>The state after some bytes.</summary>
    public static ParserState Walk(ParserState state, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            state = state.Next(value);
        }

        return state;
    }

    private TokenMask Mask() => _isFirst ? _grammar.FirstMask : _state.Cache.MaskOf(_state);
}
