namespace Ibke.Runtime.Tokenization.Patterns;

/// <summary>A place in the text that an anchor asks for.</summary>
internal enum AnchorKind
{
    /// <summary><c>^</c>: the beginning of the text or of a line.</summary>
    LineStart,

    /// <summary><c>$</c>: the end of the text, or before a newline.</summary>
    LineEnd,

    /// <summary><c>\A</c>.</summary>
    TextStart,

    /// <summary><c>\z</c>.</summary>
    TextEnd,

    /// <summary><c>\Z</c>: the end of the text, or before a newline that ends it.</summary>
    TextEndOrFinalNewline,

    /// <summary><c>\b</c>.</summary>
    WordBoundary,

    /// <summary><c>\B</c>.</summary>
    NotWordBoundary,
}

/// <summary>How often-tried repetitions give characters back.</summary>
internal enum RepeatKind
{
    /// <summary>As many as possible, giving back one by one.</summary>
    Greedy,

    /// <summary>As few as possible, taking one by one.</summary>
    Lazy,

    /// <summary>As many as possible, giving nothing back.</summary>
    Possessive,
}

/// <summary>A part of a parsed regular expression.</summary>
/// <remarks>What is asked of a part is found out once, when it is made, so that nested parts cost neither depth nor repeated work.</remarks>
internal abstract record PatternNode
{
    /// <summary>Whether it can match without taking a character.</summary>
    public abstract bool CanBeEmpty { get; }

    /// <summary>The characters it can begin with, or null where it can be empty.</summary>
    public abstract CodePointSet? First { get; }

    /// <summary>The number of characters it always takes, or null where that varies.</summary>
    public abstract int? FixedLength { get; }

    /// <summary>A length too large to count is one that no compiled expression reaches.</summary>
    protected static int? Capped(long? length) => length is long count ? (int)Math.Min(count, int.MaxValue) : null;
}

/// <summary>One character of a set.</summary>
internal sealed record SetNode(CodePointSet Set) : PatternNode
{
    public override bool CanBeEmpty => false;

    public override CodePointSet? First => Set;

    public override int? FixedLength => 1;
}

/// <summary>Parts one after the other; none at all matches the empty text.</summary>
internal sealed record SequenceNode(IReadOnlyList<PatternNode> Parts) : PatternNode
{
    public override bool CanBeEmpty { get; } = Parts.All(part => part.CanBeEmpty);

    public override CodePointSet? First { get; } = FirstOf(Parts);

    public override int? FixedLength { get; } = Capped(Parts.Aggregate((long?)0, (sum, part) => sum + part.FixedLength));

    private static CodePointSet? FirstOf(IReadOnlyList<PatternNode> parts)
    {
        List<(int, int)> ranges = [];
        foreach (PatternNode part in parts)
        {
            if (part.First is CodePointSet own)
            {
                return ranges.Count == 0 ? own : CodePointSet.Of(ranges.Concat(own.Ranges));
            }

            // A part that may be empty lets the next one begin, after its own beginnings.
            if (part is RepeatNode { Body.First: CodePointSet optional })
            {
                ranges.AddRange(optional.Ranges);
            }
            else if (part is not (AnchorNode or LookNode))
            {
                return null;
            }
        }

        return null;
    }
}

/// <summary>The first of several parts that lets the whole match.</summary>
internal sealed record AlternativesNode(IReadOnlyList<PatternNode> Parts) : PatternNode
{
    public override bool CanBeEmpty { get; } = Parts.Any(part => part.CanBeEmpty);

    public override CodePointSet? First { get; } = Parts.All(part => part.First is not null)
        ? CodePointSet.Of(Parts.SelectMany(part => part.First!.Ranges))
        : null;

    public override int? FixedLength { get; } =
        Parts.Select(part => part.FixedLength).Distinct().Count() == 1 ? Parts[0].FixedLength : null;
}

/// <summary>A part several times.</summary>
internal sealed record RepeatNode(PatternNode Body, int Least, int Most, RepeatKind Kind) : PatternNode
{
    public override bool CanBeEmpty { get; } = Least == 0 || Body.CanBeEmpty;

    public override CodePointSet? First { get; } = Least == 0 ? null : Body.First;

    public override int? FixedLength { get; } = Least == Most ? Capped((long)Least * Body.FixedLength) : null;
}

/// <summary>A part that gives nothing back once it has matched.</summary>
internal sealed record AtomicNode(PatternNode Body) : PatternNode
{
    public override bool CanBeEmpty { get; } = Body.CanBeEmpty;

    public override CodePointSet? First { get; } = Body.First;

    public override int? FixedLength { get; } = Body.FixedLength;
}

/// <summary>Asks whether a part matches here (or, behind, ends here) without taking characters.</summary>
internal sealed record LookNode(PatternNode Body, bool Behind, bool Negative) : PatternNode
{
    public override bool CanBeEmpty => true;

    public override CodePointSet? First => null;

    public override int? FixedLength => 0;
}

/// <summary>Asks for a place in the text.</summary>
internal sealed record AnchorNode(AnchorKind Kind) : PatternNode
{
    public override bool CanBeEmpty => true;

    public override CodePointSet? First => null;

    public override int? FixedLength => 0;
}
