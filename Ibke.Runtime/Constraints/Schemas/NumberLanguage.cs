using System.Globalization;
using System.Numerics;
using Ibke.Runtime.Constraints.Automata;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Constraints.Schemas;

/// <summary>The end of a range of numbers.</summary>
/// <param name="Value">The number, exactly.</param>
/// <param name="IsExclusive">Whether the number itself lies outside.</param>
internal sealed record NumberLimit(ExactDecimal Value, bool IsExclusive);

/// <summary>
/// The ways to write the numbers of a range. Without limits an integer has at most 18 digits, so that it fits 64 bits, and another number at most 20
/// before the point and 20 behind it, or one digit before the point and an exponent within the range of a double; with limits there is no exponent.
/// </summary>
internal static partial class NumberLanguage
{
    private const int MostDigits = 20;
    private const int MostDigitsOfInteger = 18;
    private const int MostDigitsOfLimit = 400;

    private static readonly PatternNode _digit = Digits('0', '9');
    private static readonly PatternNode _nothing = new SequenceNode([]);
    private static readonly PatternNode _zeros = new RepeatNode(Digits('0', '0'), 0, MostDigits, RepeatKind.Greedy);

    /// <summary>The integers of a range.</summary>
    /// <exception cref="FormatException">A limit has too many digits.</exception>
    public static CodePointAutomaton Integers(NumberLimit? lower, NumberLimit? upper)
    {
        BigInteger? least = lower is null ? null : lower.Value.Floor() + (lower.IsExclusive || !lower.Value.IsInteger ? 1 : 0);
        BigInteger? most = upper is null ? null : upper.Value.Ceiling() - (upper.IsExclusive || !upper.Value.IsInteger ? 1 : 0);
        BigInteger bound = BigInteger.Pow(10, Math.Max(MostDigitsOfInteger, Math.Max(Length(least), Length(most)))) - 1;
        return Build(Signed(least ?? -bound, most ?? bound, (low, high) => Integers(low, high)));
    }

    /// <summary>The numbers of a range.</summary>
    /// <exception cref="FormatException">A limit has too many digits.</exception>
    public static CodePointAutomaton Numbers(NumberLimit? lower, NumberLimit? upper)
    {
        if (lower is null && upper is null)
        {
            return Build(FreeNumbers());
        }

        List<PatternNode> parts = [];
        NumberLimit zero = new(ExactDecimal.Zero, IsExclusive: false);
        Check(lower);
        Check(upper);
        if (upper is null || upper.Value.Sign >= 0)
        {
            parts.Add(Positive(lower is null || lower.Value.Sign < 0 ? zero : lower, upper));
        }

        if (lower is null || lower.Value.Sign < 0)
        {
            NumberLimit low = upper is null || upper.Value.Sign >= 0 ? zero with { IsExclusive = true } : upper with { Value = upper.Value.Negate() };
            parts.Add(new SequenceNode([Character('-'), Positive(low, lower is null ? null : lower with { Value = lower.Value.Negate() })]));
        }

        return Build(new AlternativesNode(parts));
    }

    private static int Length(BigInteger? value) => value is BigInteger number ? BigInteger.Abs(number).ToString(CultureInfo.InvariantCulture).Length : 0;

    private static void Check(NumberLimit? limit)
    {
        if (limit is not null && (Length(limit.Value.Floor()) > MostDigitsOfLimit || limit.Value.Scale > MostDigits))
        {
            throw new FormatException($"a limit of more than {MostDigitsOfLimit} digits, or more than {MostDigits} behind the point, is not supported");
        }
    }

    private static CodePointAutomaton Build(PatternNode node) => PatternAutomaton.Build(node);

    private static PatternNode Signed(BigInteger least, BigInteger most, Func<BigInteger, BigInteger, PatternNode> positive)
    {
        if (Length(least) > MostDigitsOfLimit || Length(most) > MostDigitsOfLimit)
        {
            throw new FormatException($"a limit of more than {MostDigitsOfLimit} digits is not supported");
        }

        List<PatternNode> parts = [];
        if (most >= 0 && least <= most)
        {
            parts.Add(positive(BigInteger.Max(least, 0), most));
        }

        if (least < 0 && least <= most)
        {
            parts.Add(new SequenceNode([Character('-'), positive(BigInteger.Max(-most, 1), -least)]));
        }

        return new AlternativesNode(parts);
    }

    /// <summary>The integers from low to high, neither negative.</summary>
    private static AlternativesNode Integers(BigInteger low, BigInteger high)
    {
        List<PatternNode> parts = [];
        for (int length = Length(low); length <= Length(high) && low <= high; length++)
        {
            BigInteger first = length == 1 ? 0 : BigInteger.Pow(10, length - 1);
            BigInteger lower = BigInteger.Max(low, first);
            BigInteger upper = BigInteger.Min(high, BigInteger.Pow(10, length) - 1);
            parts.Add(Between(Text(lower), Text(upper)));
        }

        return new AlternativesNode(parts);
    }

    /// <summary>The texts of digits from one to another of the same length.</summary>
    private static PatternNode Between(string lower, string upper)
    {
        int common = lower.AsSpan().CommonPrefixLength(upper);
        PatternNode prefix = new SequenceNode([.. lower[..common].Select(Character)]);
        if (common == lower.Length)
        {
            return prefix;
        }

        int rest = lower.Length - common - 1;
        if (lower.AsSpan(common + 1).Trim('0').IsEmpty && upper.AsSpan(common + 1).Trim('9').IsEmpty)
        {
            return new SequenceNode([prefix, Digits(lower[common], upper[common]), new RepeatNode(_digit, rest, rest, RepeatKind.Greedy)]);
        }

        List<PatternNode> parts =
        [
            new SequenceNode([Character(lower[common]), Beyond(lower[(common + 1)..], above: true)]),
            new SequenceNode([Character(upper[common]), Beyond(upper[(common + 1)..], above: false)]),
        ];
        AddRange(parts, lower[common], upper[common], rest);
        return new SequenceNode([prefix, new AlternativesNode(parts)]);
    }

    /// <summary>The texts of digits of a length that are at least, or at most, the given one.</summary>
    private static PatternNode Beyond(string digits, bool above)
    {
        if (digits.AsSpan().Trim(above ? '0' : '9').IsEmpty)
        {
            return new RepeatNode(_digit, digits.Length, digits.Length, RepeatKind.Greedy);
        }

        List<PatternNode> parts = [new SequenceNode([.. digits.Select(Character)])];
        for (int i = 0; i < digits.Length; i++)
        {
            List<PatternNode> inner = [];
            AddRange(inner, above ? digits[i] : (char)('0' - 1), above ? (char)('9' + 1) : digits[i], digits.Length - i - 1);
            if (inner.Count > 0)
            {
                parts.Add(new SequenceNode([.. digits[..i].Select(Character), inner[0]]));
            }
        }

        return new AlternativesNode(parts);
    }

    // Digits strictly between two, and any that follow.
    private static void AddRange(List<PatternNode> parts, char below, char above, int rest)
    {
        if (below + 1 <= above - 1)
        {
            parts.Add(new SequenceNode([Digits((char)(below + 1), (char)(above - 1)), new RepeatNode(_digit, rest, rest, RepeatKind.Greedy)]));
        }
    }

    /// <summary>The numbers from one to another, neither negative.</summary>
    private static AlternativesNode Positive(NumberLimit lower, NumberLimit? upper)
    {
        List<PatternNode> parts = [];
        BigInteger low = lower.Value.Floor();
        BigInteger bound = BigInteger.Pow(10, Math.Max(MostDigits, Length(low) + 1)) - 1;
        BigInteger high = upper?.Value.Floor() ?? bound;
        if (low > high)
        {
            return new AlternativesNode(parts);
        }

        if (low == high)
        {
            PatternNode? fraction = upper is null ? AtLeast(lower) : Fractions(lower, upper);
            AddWith(parts, low, fraction);
            return new AlternativesNode(parts);
        }

        AddWith(parts, low, AtLeast(lower));
        if (low + 1 <= high - 1)
        {
            parts.Add(new SequenceNode([Integers(low + 1, high - 1), Optional(AnyFraction())]));
        }

        AddWith(parts, high, upper is null ? Optional(AnyFraction()) : AtMost(upper));
        return new AlternativesNode(parts);
    }

    private static void AddWith(List<PatternNode> parts, BigInteger whole, PatternNode? fraction)
    {
        if (fraction is not null)
        {
            parts.Add(new SequenceNode([.. Text(whole).Select(Character), fraction]));
        }
    }

    private static AlternativesNode FreeNumbers()
    {
        PatternNode whole = new AlternativesNode(
        [
            Character('0'), new SequenceNode([Digits('1', '9'), new RepeatNode(_digit, 0, MostDigits - 1, RepeatKind.Greedy)]),
        ]);
        PatternNode exponent = new AlternativesNode(
        [
            new RepeatNode(_digit, 1, 2, RepeatKind.Greedy),
            new SequenceNode([Digits('1', '2'), _digit, _digit]),
            new SequenceNode([Character('3'), Character('0'), Digits('0', '7')]),
        ]);
        PatternNode sign = Optional(new SetNode(CodePointSet.Of('+', '-')));
        PatternNode scientific = new SequenceNode([Digits('1', '9'), Optional(AnyFraction()), new SetNode(CodePointSet.Of('e', 'E')), sign, exponent]);
        PatternNode plain = new SequenceNode([whole, Optional(AnyFraction())]);
        return new AlternativesNode([new SequenceNode([Optional(Character('-')), new AlternativesNode([plain, scientific])])]);
    }

    private static SequenceNode AnyFraction() => new([Character('.'), new RepeatNode(_digit, 1, MostDigits, RepeatKind.Greedy)]);

    private static RepeatNode Rest() => new(_digit, 0, MostDigits, RepeatKind.Greedy);

    private static RepeatNode Optional(PatternNode node) => new(node, 0, 1, RepeatKind.Greedy);

    private static string Text(BigInteger value) => value.ToString(CultureInfo.InvariantCulture);

    private static SetNode Character(char c) => new(CodePointSet.Of(c));

    private static SetNode Digits(char lower, char upper) => new(CodePointSet.Of((lower, upper)));
}
