using Ibke.Runtime.Constraints.Grammar;
using Ibke.Runtime.Constraints.Vocabulary;

namespace Ibke.Runtime.Constraints.Parsing;

/// <summary>A grammar for one vocabulary, with what has been found out about it so far. Thread-safe; its memory is bounded.</summary>
internal sealed class CompiledGrammar
{
    private readonly GrammarNode _root;
    private readonly Lazy<(TokenMask Mask, long Cost)> _first;
    private ParserCache _cache;

    /// <summary>Takes a grammar that can be written.</summary>
    public CompiledGrammar(GrammarNode root, TokenVocabulary vocabulary)
    {
        _root = root;
        Vocabulary = vocabulary;
        _cache = new ParserCache(vocabulary);
        _first = new Lazy<(TokenMask, long)>(FindFirst);
    }

    /// <summary>The tokens.</summary>
    public TokenVocabulary Vocabulary { get; }

    /// <summary>The tokens that any text of the grammar needs; so many are enough.</summary>
    public long LeastTokens => _first.Value.Cost;

    /// <summary>The tokens that a text may begin with.</summary>
    public TokenMask FirstMask => _first.Value.Mask;

    /// <summary>The state before anything is written.</summary>
    public ParserState Begin() => Cache().Begin(_root);

    /// <summary>The same state where what is found out about it will be remembered.</summary>
    public ParserState Refresh(ParserState state) => Cache().Import(state);

    private ParserCache Cache()
    {
        ParserCache cache = Volatile.Read(ref _cache);
        if (cache.IsFull)
        {
            Interlocked.CompareExchange(ref _cache, new ParserCache(Vocabulary), cache);
        }

        return Volatile.Read(ref _cache);
    }

    // The first token may be written without the space before it, which makes other tokens of it.
    private (TokenMask Mask, long Cost) FindFirst()
    {
        ParserState begin = Begin();
        TokenMask mask = TokenWalk.Find(begin, Vocabulary.FirstTrie, Vocabulary);
        if (begin.IsComplete || ReferenceEquals(Vocabulary.FirstTrie, Vocabulary.Trie))
        {
            return (mask, begin.Cost);
        }

        long least = mask.Ids().Where(id => !Vocabulary.EndIds.Contains(id))
            .Select(id => ConstraintRun.Walk(begin, Vocabulary.BytesOf(id, isFirst: true)).Cost).Append(GrammarNode.Impossible).Min();
        return (mask, GrammarNode.Sum(least, 1));
    }
}
