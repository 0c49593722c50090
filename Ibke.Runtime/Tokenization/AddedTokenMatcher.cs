using System.Buffers;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tokenization;

/// <summary>A part of a text: an added token, or text between them.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="TokenId">The token, or null.</param>
internal readonly record struct TextSection(int Start, int End, int? TokenId);

/// <summary>Finds added tokens in text: from left to right, the longest at each place. Immutable and thread-safe.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Node _root = new();
    private readonly SearchValues<char> _firstCharacters;
    private readonly int _longest;

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
            _longest = Math.Max(_longest, text.Length);
        }

        _firstCharacters = SearchValues.Create([.. _root.Children.Keys]);
    }

    /// <summary>Whether there is nothing to look for.</summary>
    public bool IsEmpty => _root.Children.Count == 0;

    /// <summary>Cuts a text at the tokens it holds. Empty sections are left out.</summary>
    /// <param name="text">The text.</param>
    /// <param name="marks">Places in the text that no token may reach across; see <see cref="LiteralText"/>.</param>
    /// <param name="sections">Receives the sections.</param>
    public void Split(string text, ReadOnlySpan<int> marks, List<TextSection> sections)
    {
        int done = 0;
        for (int at = 0; Find(text, at, marks) is var (start, end, token); at = end)
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

            AddText(text, done, start, sections);
            sections.Add(new TextSection(start, stop, token.Id));
            done = stop;
        }

        AddText(text, done, text.Length, sections);
    }

    /// <summary>The places where any of the tokens is written, also where others overlap it.</summary>
    public IEnumerable<(int Start, int End)> Occurrences(string text)
    {
        for (int at = NextStart(text, 0); at >= 0; at = NextStart(text, at + 1))
        {
            Node? node = _root;
            for (int i = at; i < text.Length && node.Children.TryGetValue(text[i], out node);)
            {
                i++;
                if (node.Token is not null)
                {
                    yield return (at, i);
                }
            }
        }
    }

    /// <summary>
    /// Whether a text ends with a part of a token, which what is written behind it could complete. Tokens that begin like a word are not looked
    /// for: they would be everywhere.
    /// </summary>
    public bool EndsInside(string text)
    {
        for (int start = Math.Max(0, text.Length - _longest + 1); start < text.Length; start++)
        {
            Node? node = char.IsLetterOrDigit(text[start]) ? null : _root;
            for (int i = start; i < text.Length && node is not null; i++)
            {
                node = node.Children.GetValueOrDefault(text[i]);
            }

            if (node?.Children.Count > 0)
            {
                return true;
            }
        }

        return false;
    }

    private static void AddText(string text, int start, int end, List<TextSection> sections)
    {
        if (start < end)
        {
            sections.Add(new TextSection(start, end, null));
        }
    }

    private static bool IsInsideWord(string text, int start, int end) =>
        (start > 0 && UnicodeSets.Word.MatchLength(text, PatternMachine.Before(text, start)) > 0)
        || UnicodeSets.Word.MatchLength(text, end) > 0;

    private int NextStart(string text, int from)
    {
        int skipped = from < text.Length ? text.AsSpan(from).IndexOfAny(_firstCharacters) : -1;
        return skipped < 0 ? -1 : from + skipped;
    }

    private (int Start, int End, AddedToken Token)? Find(string text, int from, ReadOnlySpan<int> marks)
    {
        for (from = NextStart(text, from); from >= 0; from = NextStart(text, from + 1))
        {
            AddedToken? longest = null;
            int end = from;
            int limit = Limit(text, from, marks);
            Node? node = _root;
            for (int i = from; i < limit && node.Children.TryGetValue(text[i], out node);)
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
        }

        return null;
    }

    /// <summary>Where a token that begins at a place must end at the latest. A single character between two marks is no token at all.</summary>
    private static int Limit(string text, int from, ReadOnlySpan<int> marks)
    {
        if (marks.IsEmpty)
        {
            return text.Length;
        }

        int found = marks.BinarySearch(from);
        int next = found < 0 ? ~found : found + 1;
        if (next == marks.Length)
        {
            return text.Length;
        }

        bool isQuotedCharacter = found >= 0 && marks[next] == from + PatternMachine.LengthAt(text, from);
        return isQuotedCharacter ? from : marks[next];
    }

    private sealed class Node
    {
        public Dictionary<char, Node> Children { get; } = [];

        public AddedToken? Token { get; set; }
    }
}
