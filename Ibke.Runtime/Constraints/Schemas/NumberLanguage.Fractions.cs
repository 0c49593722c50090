using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Constraints.Schemas;

/// <content>What may stand behind the digits before the point, so that a number keeps to its limits.</content>
internal static partial class NumberLanguage
{
    /// <summary>What may follow the digits before the point so that the number is not below the limit.</summary>
    private static AlternativesNode AtLeast(NumberLimit limit)
    {
        string digits = limit.Value.Fraction();
        List<PatternNode> fractions = Above(digits, limit.IsExclusive);
        List<PatternNode> parts = [new SequenceNode([Character('.'), new AlternativesNode(fractions)])];
        if (digits.Length == 0 && !limit.IsExclusive)
        {
            parts.Add(_nothing);
        }

        return new AlternativesNode(parts);
    }

    /// <summary>What may follow the digits before the point so that the number is not above the limit; null where nothing may.</summary>
    private static AlternativesNode? AtMost(NumberLimit limit)
    {
        string digits = limit.Value.Fraction();
        if (digits.Length == 0 && limit.IsExclusive)
        {
            return null;
        }

        List<PatternNode> fractions = Below(digits, limit.IsExclusive);
        return new AlternativesNode([_nothing, new SequenceNode([Character('.'), new AlternativesNode(fractions)])]);
    }

    /// <summary>As both limits ask for, where they agree before the point.</summary>
    private static PatternNode? Fractions(NumberLimit lower, NumberLimit upper)
    {
        // What is not below the one and not above the other: an intersection, as digits that agree with both for a while.
        int length = Math.Max(lower.Value.Fraction().Length, upper.Value.Fraction().Length);
        string low = lower.Value.Fraction().PadRight(length, '0');
        string high = upper.Value.Fraction().PadRight(length, '0');
        int order = string.CompareOrdinal(low, high);
        if (order > 0 || (order == 0 && (lower.IsExclusive || upper.IsExclusive)))
        {
            return null;
        }

        List<PatternNode> parts = [];
        if (!lower.IsExclusive)
        {
            parts.Add(Exactly(low));
        }

        if (order == 0)
        {
            return new AlternativesNode(parts);
        }

        if (!upper.IsExclusive)
        {
            parts.Add(Exactly(high));
        }

        // Strictly between: behind a common beginning, above the one or below the other.
        int common = low.AsSpan().CommonPrefixLength(high);
        PatternNode[] prefix = [Character('.'), .. low[..common].Select(Character)];
        List<PatternNode> inner = [];
        inner.Add(new SequenceNode([Character(low[common]), new AlternativesNode(Above(low[(common + 1)..], isExclusive: true))]));
        List<PatternNode> under = Below(high[(common + 1)..], isExclusive: true);
        if (high[(common + 1)..].Trim('0').Length > 0)
        {
            inner.Add(new SequenceNode([Character(high[common]), new AlternativesNode([_nothing, .. under])]));
        }

        if (low[common] + 1 <= high[common] - 1)
        {
            inner.Add(new SequenceNode([Digits((char)(low[common] + 1), (char)(high[common] - 1)), Rest()]));
        }

        parts.Add(new SequenceNode([.. prefix, new AlternativesNode(inner)]));
        return new AlternativesNode(parts);
    }

    // A fraction equal to some digits, with zeros behind them left out or added.
    private static PatternNode Exactly(string digits)
    {
        string trimmed = digits.TrimEnd('0');
        PatternNode point = Character('.');
        return trimmed.Length == 0
            ? new AlternativesNode([_nothing, new SequenceNode([point, Digits('0', '0'), _zeros])])
            : new SequenceNode([point, .. trimmed.Select(Character), _zeros]);
    }

    /// <summary>Fractions, without the point, at least as large as some digits.</summary>
    private static List<PatternNode> Above(string digits, bool isExclusive)
    {
        List<PatternNode> parts = [];
        for (int i = 0; i < digits.Length; i++)
        {
            if (digits[i] < '9')
            {
                parts.Add(new SequenceNode([.. digits[..i].Select(Character), Digits((char)(digits[i] + 1), '9'), Rest()]));
            }
        }

        PatternNode[] same = [.. digits.Select(Character)];
        parts.Add(isExclusive ? new SequenceNode([.. same, _zeros, Digits('1', '9'), Rest()])
            : digits.Length == 0 ? new SequenceNode([_digit, Rest()])
            : new SequenceNode([.. same, Rest()]));
        return parts;
    }

    /// <summary>Fractions, without the point and not empty, at most as large as some digits.</summary>
    private static List<PatternNode> Below(string digits, bool isExclusive)
    {
        string trimmed = digits.TrimEnd('0');
        List<PatternNode> parts = [];
        for (int i = 0; i < trimmed.Length; i++)
        {
            if (trimmed[i] > '0')
            {
                parts.Add(new SequenceNode([.. trimmed[..i].Select(Character), Digits('0', (char)(trimmed[i] - 1)), Rest()]));
            }

            // What ends early is smaller, for the last digit is no zero.
            parts.Add(i == 0 ? new AlternativesNode([]) : new SequenceNode([.. trimmed[..i].Select(Character)]));
        }

        if (!isExclusive)
        {
            parts.Add(trimmed.Length == 0
                ? new SequenceNode([Digits('0', '0'), _zeros])
                : new SequenceNode([.. trimmed.Select(Character), _zeros]));
        }

        return parts;
    }
}
