using System.Buffers;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization;

/// <summary>A part of a text: an added token, or text between them.</summary>
/// <param name="Text">The text; of a token, what it matched.</param>
/// <param name="TokenId">The token, or null.</param>
internal readonly record struct TextSection(string Text, int? TokenId);

/// <summary>Finds added tokens in text: from left to right, the longest at each place. Immutable and thread-safe.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Node _root = new();
    private readonly SearchValues<char> _firstCharacters;

    /// <summary>Looks for the given tokens.</summary>
    /// <param name="tokens">Each with the text it is looked for by.</param>
    public AddedTokenMatcher(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        foreach ((string text, AddedToken token) in tokens.Where(pair => pair.Text.Length > 0))
        {
            Node node = _root;
            foreach (char c in text)
            {
                if (!node.Children.TryGetValue(c, out Node? child))
                {
                    node.Children.Add(c, child = new Node());
                }

                node = child;
            }

            node.Token ??= token;
        }

        _firstCharacters = SearchValues.Create([.. _root.Children.Keys]);
    }

    /// <summary>Cuts a text at the tokens it holds. Empty sections are left out.</summary>
    public void Split(string text, List<TextSection> sections)
    {
        int done = 0;
        for (int at = 0; Find(text, at) is var (start, end, token); at = end)
        {
            int stop = end;
            if (token.SingleWord && IsInsideWord(text, start, end))
            {
                continue;
            }

            if (token.LeftStrip)
            {
                while (start > done && UnicodeSets.WhiteSpace.Contains(text[start - 1]))
                {
                    start--;
                }
            }

            if (token.RightStrip)
            {
                stop = UnicodeSets.WhiteSpace.Skip(text, end, int.MaxValue, out _);
            }

            if (done < start)
            {
                sections.Add(new TextSection(text[done..start], null));
            }

            sections.Add(new TextSection(text[start..stop], token.Id));
            done = stop;
        }

        if (done < text.Length)
        {
            sections.Add(new TextSection(text[done..], null));
        }
    }

    private static bool IsInsideWord(string text, int start, int end) =>
        (start > 0 && UnicodeSets.Word.MatchLength(text, PatternMachine.Before(text, start)) > 0)
        || UnicodeSets.Word.MatchLength(text, end) > 0;

    private (int Start, int End, AddedToken Token)? Find(string text, int from)
    {
        while (from < text.Length)
        {
            int skipped = text.AsSpan(from).IndexOfAny(_firstCharacters);
            if (skipped < 0)
            {
                break;
            }

            from += skipped;
            AddedToken? longest = null;
            int end = from;
            Node? node = _root;
            for (int i = from; i < text.Length && node.Children.TryGetValue(text[i], out node);)
            {
                i++;
                if (node.Token is not null)
                {
                    (longest, end) = (node.Token, i);
                }
            }

            if (longest is not null)
            {
                return (from, end, longest);
            }

            from++;
        }

        return null;
    }

    private sealed class Node
    {
        public Dictionary<char, Node> Children { get; } = [];

        public AddedToken? Token { get; set; }
    }
}
