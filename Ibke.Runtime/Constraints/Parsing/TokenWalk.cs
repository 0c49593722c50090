using Ibke.Runtime.Constraints.Grammar;
using Ibke.Runtime.Constraints.Vocabulary;

namespace Ibke.Runtime.Constraints.Parsing;

/// <summary>Finds the tokens that may follow a state: those after which the text can be completed with the tokens of the vocabulary.</summary>
internal static class TokenWalk
{
    /// <summary>All of them, whatever is left for the text.</summary>
    public static TokenMask Find(ParserState from, TokenTrie trie, TokenVocabulary vocabulary) => Find(from, trie, vocabulary, GrammarNode.Impossible - 1);

    /// <summary>Those after which the text can be completed with a number of tokens.</summary>
    /// <param name="from">Where the text is.</param>
    /// <param name="trie">The tokens.</param>
    /// <param name="vocabulary">The vocabulary they are of.</param>
    /// <param name="left">The number of tokens that may follow the next one.</param>
    public static TokenMask Find(ParserState from, TokenTrie trie, TokenVocabulary vocabulary, long left)
    {
        TokenMask mask = new(vocabulary.Size);
        ParserState[] path = new ParserState[trie.Longest + 1];
        path[0] = from;
        for (int node = 0; node < trie.Count;)
        {
            int depth = trie.Depth(node);
            ParserState state = path[depth].Next(trie.Label(node));
            if (state.IsDead)
            {
                node = trie.End(node);
                continue;
            }

            path[depth + 1] = state;
            if (state.Cost <= left)
            {
                foreach (int token in trie.TokensAt(node))
                {
                    mask.Add(token);
                    mask.Rise = Math.Max(mask.Rise, state.Cost - from.Cost);
                }
            }

            node++;
        }

        bool isFree = from.Cost <= left && from.Stacks.Any(static stack => ((Terminal)stack.Goal.Node).IsFree);
        foreach (int silent in isFree ? vocabulary.SilentIds : [])
        {
            mask.Add(silent);
            mask.Rise = Math.Max(mask.Rise, 0);
        }

        foreach (int end in from.IsComplete ? vocabulary.EndIds : [])
        {
            mask.Add(end);
        }

        return mask;
    }
}
