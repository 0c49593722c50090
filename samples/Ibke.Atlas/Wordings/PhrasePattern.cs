using System.Text;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Wordings;

/// <summary>
/// A small grammar of phrases: <c>[a|b|]</c> stands for one of its alternatives, which may hold further ones. <c>{name}</c> is left for whoever fills
/// the phrase.
/// </summary>
/// <remarks>Immutable.</remarks>
public sealed class PhrasePattern
{
    private readonly Node _root;

    private PhrasePattern(Node root) => _root = root;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="FormatException">A bracket is not closed, or not opened.</exception>
    public static PhrasePattern Parse(string text)
    {
        int at = 0;
        Node root = ParseSequence(text, ref at, inBrackets: false);
        return new PhrasePattern(root);
    }

    /// <summary>All phrases of patterns, each once, without those that are kept for tests.</summary>
    public static IReadOnlyList<string> ExpandAll(IEnumerable<string> patterns, IReadOnlyCollection<string> kept)
    {
        HashSet<string> excluded = [.. kept.Select(Comparable)];
        return [.. patterns.SelectMany(pattern => Parse(pattern).Expansions()).Distinct().Where(phrase => !excluded.Contains(Comparable(phrase)))];
    }

    /// <summary>One phrase of the pattern.</summary>
    public string Expand(SeededRandom random)
    {
        StringBuilder text = new();
        _root.Append(text, random);
        return text.ToString();
    }

    /// <summary>Every phrase of the pattern.</summary>
    public IEnumerable<string> Expansions() => _root.All();

    /// <summary>A phrase without what does not make it another one: case, punctuation, spaces.</summary>
    internal static string Comparable(string phrase) =>
        string.Concat(phrase.Where(c => char.IsLetterOrDigit(c) || c is '{' or '}')).ToLowerInvariant();

    private static Sequence ParseSequence(string text, ref int at, bool inBrackets)
    {
        List<Node> parts = [];
        int start = at;
        while (at < text.Length && text[at] != ']' && !(inBrackets && text[at] == '|'))
        {
            if (text[at] != '[')
            {
                at++;
                continue;
            }

            parts.Add(new Literal(text[start..at]));
            parts.Add(ParseChoice(text, ref at));
            start = at;
        }

        if (!inBrackets && at < text.Length)
        {
            throw new FormatException($"A bracket is closed that was not opened: {text}");
        }

        parts.Add(new Literal(text[start..at]));
        return new Sequence(parts);
    }

    private static Choice ParseChoice(string text, ref int at)
    {
        List<Node> alternatives = [];
        do
        {
            at++;
            alternatives.Add(ParseSequence(text, ref at, inBrackets: true));
        }
        while (at < text.Length && text[at] == '|');

        if (at >= text.Length)
        {
            throw new FormatException($"A bracket is not closed: {text}");
        }

        at++;
        return new Choice(alternatives);
    }

    private abstract record Node
    {
        public abstract void Append(StringBuilder text, SeededRandom random);

        public abstract IEnumerable<string> All();
    }

    private sealed record Literal(string Text) : Node
    {
        public override void Append(StringBuilder text, SeededRandom random) => text.Append(Text);

        public override IEnumerable<string> All() => [Text];
    }

    private sealed record Sequence(List<Node> Parts) : Node
    {
        public override void Append(StringBuilder text, SeededRandom random) => Parts.ForEach(part => part.Append(text, random));

        public override IEnumerable<string> All() => Parts.Aggregate(
            (IEnumerable<string>)[""], (starts, part) => starts.SelectMany(start => part.All().Select(end => start + end)));
    }

    private sealed record Choice(List<Node> Alternatives) : Node
    {
        public override void Append(StringBuilder text, SeededRandom random) => random.Choose(Alternatives).Append(text, random);

        public override IEnumerable<string> All() => Alternatives.SelectMany(alternative => alternative.All());
    }
}
