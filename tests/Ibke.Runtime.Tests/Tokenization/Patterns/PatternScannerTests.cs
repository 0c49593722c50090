using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Tokenization.Patterns;
using Ibke.Runtime.Tokenization.Patterns.Scanners;

namespace Ibke.Runtime.Tests.Tokenization.Patterns;

public sealed class PatternScannerTests
{
    /// <summary>Characters that some pattern treats in a way of its own, and others of any plane.</summary>
    private static readonly Gen<string> s_texts = Gen.OneOf(
            Gen.Elements(
                " ", "  ", "   ", "\n", "\r\n", "\r", "\t", "\u00a0", "\u3000", "\u2028", "'", "'s", "'S", "'\u017f", "'ll", "'Re", "'v", "'T",
                "a", "bc", "A", "BC", "\u01c5", "\u02b0", "\u4f60", "\u0301", "\u0903", "\u20dd", "1", "23", "\u00bd", "\u2163", "/", ".", "-", "_", "\u00a9",
                "\U0001F600", "\U00010400", "\U0001D7CF", "\U00020000", "\U000E0100", "\u200b", "\0", "\u0085", "\ufffe"),
            Gen.Choose(0, 0x10FFFF).Where(Rune.IsValid).Select(codePoint => new Rune(codePoint).ToString()))
        .ListOf().Select(string.Concat);

    public static TheoryData<string> Published => [.. PatternScanner.Patterns];

    [Theory]
    [MemberData(nameof(Published))]
    public void End_AnyText_IsWhereTheExpressionEnds(string pattern)
    {
        Pattern expression = Pattern.Parse(pattern);
        PatternScanner scanner = PatternScanner.For(pattern)!;
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1500),
            Prop.ForAll(s_texts.ToArbitrary(), text => Assert.Equal(Matches(expression, text), Matches(scanner, text))));
    }

    [Fact]
    public void For_OtherPatterns_GivesNothing() => Assert.Null(PatternScanner.For(@"\s+"));

    private static List<(int, int)> Matches(Pattern pattern, string text)
    {
        List<(int, int)> matches = [];
        foreach ((int start, int end) in pattern.Matches(text))
        {
            matches.Add((start, end));
        }

        return matches;
    }

    private static List<(int, int)> Matches(PatternScanner scanner, string text)
    {
        List<(int, int)> matches = [];
        for (int at = 0; at < text.Length;)
        {
            int end = scanner.End(text, at);
            if (end >= 0)
            {
                matches.Add((at, end));
            }

            at = end >= 0 ? end : at + PatternMachine.LengthAt(text, at);
        }

        return matches;
    }
}
