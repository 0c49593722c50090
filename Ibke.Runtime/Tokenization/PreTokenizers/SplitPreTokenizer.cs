using System.Runtime.InteropServices;
using Ibke.Runtime.Tokenization.Patterns;
using Ibke.Runtime.Tokenization.Patterns.Scanners;

namespace Ibke.Runtime.Tokenization.PreTokenizers;

/// <summary>What becomes of the matches of a pattern and of the text between them.</summary>
internal enum SplitBehavior
{
    /// <summary>Matches are left out.</summary>
    Removed,

    /// <summary>Matches are pieces of their own.</summary>
    Isolated,

    /// <summary>A match ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>A match begins the piece after it.</summary>
    MergedWithNext,

    /// <summary>Matches that follow one another are one piece.</summary>
    Contiguous,
}

/// <summary>Cuts text at the matches of a pattern; inverted, at the text between them.</summary>
internal sealed class SplitPreTokenizer(Pattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    private readonly record struct Part(int Start, int End, bool IsMatch);

    /// <inheritdoc/>
    public override void Split(PieceBuffer pieces, bool writeBytes)
    {
        pieces.BeginCuts();
        for (int i = 0; i < pieces.FormerCount; i++)
        {
            ReadOnlySpan<char> piece = pieces.Uncut(i, out int start);
            if (pattern.Scanner is { } scanner && behavior == SplitBehavior.Isolated)
            {
                SplitByScanner(scanner, piece, start, pieces);
            }
            else if (behavior is SplitBehavior.Isolated or SplitBehavior.Removed)
            {
                SplitDirectly(piece, start, pieces);
            }
            else
            {
                SplitJoining(piece, start, pieces);
            }
        }
    }

    private static void SplitByScanner(PatternScanner scanner, ReadOnlySpan<char> text, int offset, PieceBuffer pieces)
    {
        int unmatched = 0;
        for (int at = 0; at < text.Length;)
        {
            int end = scanner.End(text, at);
            if (end < 0)
            {
                at += PatternMachine.LengthAt(text, at);
                continue;
            }

            pieces.Keep(offset + unmatched, offset + at);
            pieces.Keep(offset + at, offset + end);
            at = unmatched = end;
        }

        pieces.Keep(offset + unmatched, offset + text.Length);
    }

    private void SplitDirectly(ReadOnlySpan<char> text, int offset, PieceBuffer pieces)
    {
        bool keepMatches = behavior == SplitBehavior.Isolated || invert;
        bool keepOthers = behavior == SplitBehavior.Isolated || !invert;
        int at = 0;
        foreach ((int start, int end) in pattern.Matches(text))
        {
            if (keepOthers)
            {
                pieces.Keep(offset + at, offset + start);
            }

            if (keepMatches)
            {
                pieces.Keep(offset + start, offset + end);
            }

            at = end;
        }

        if (keepOthers)
        {
            pieces.Keep(offset + at, offset + text.Length);
        }
    }

    private void SplitJoining(ReadOnlySpan<char> text, int offset, PieceBuffer pieces)
    {
        List<Part> parts = Parts(text);
        if (behavior == SplitBehavior.MergedWithNext)
        {
            parts.Reverse();
        }

        List<Part> merged = Merge(parts);
        if (behavior == SplitBehavior.MergedWithNext)
        {
            merged.Reverse();
        }

        foreach (Part part in merged)
        {
            pieces.Keep(offset + part.Start, offset + part.End);
        }
    }

    /// <summary>Matches and the text between them, in order; inverted, each counts as the other.</summary>
    private List<Part> Parts(ReadOnlySpan<char> text)
    {
        List<Part> parts = [];
        int at = 0;
        foreach ((int start, int end) in pattern.Matches(text))
        {
            if (at < start)
            {
                parts.Add(new Part(at, start, invert));
            }

            parts.Add(new Part(start, end, !invert));
            at = end;
        }

        if (at < text.Length)
        {
            parts.Add(new Part(at, text.Length, invert));
        }

        return parts;
    }

    /// <summary>Joins a part with the one before it in the list, which is the one after it in the text if that was reversed.</summary>
    private List<Part> Merge(List<Part> parts)
    {
        List<Part> merged = [];
        bool previousIsMatch = false;
        foreach (Part part in parts)
        {
            bool joins = behavior == SplitBehavior.Contiguous ? part.IsMatch == previousIsMatch : part.IsMatch && !previousIsMatch;
            if (joins && merged.Count > 0)
            {
                ref Part last = ref CollectionsMarshal.AsSpan(merged)[^1];
                last = last with { Start = Math.Min(last.Start, part.Start), End = Math.Max(last.End, part.End) };
            }
            else
            {
                merged.Add(part);
            }

            previousIsMatch = part.IsMatch;
        }

        return merged;
    }
}
