using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tests.Tokenization.Patterns;

public sealed class PatternTests
{
    private const string Llama3 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    [Theory]
    [InlineData("a", "banana", "a a a")]
    [InlineData("an|a", "banana", "an an a")]
    [InlineData("a*", "baac", "<> aa <>")]
    [InlineData("a*?b", "aab b", "aab b")]
    [InlineData("a+?", "aa", "a a")]
    [InlineData("(?:ab)+", "ababxab", "abab ab")]
    [InlineData("(ab){2}", "ababab", "abab")]
    [InlineData("a{1,2}", "aaa", "aa a")]
    [InlineData("a{2,}", "aaaba", "aaa")]
    [InlineData("a{,2}b", "aaab", "aab")]
    [InlineData("a{x}", "a{x}", "a{x}")]
    [InlineData("a{2}+", "aaaaa", "aaaa")]
    [InlineData("a++a", "aaa", "")]
    [InlineData("a?+a", "a", "")]
    [InlineData("(?>a|ab)c", "abcac", "ac")]
    [InlineData("(?:a|ab)c", "abcac", "abc ac")]
    [InlineData("a(?=b)", "abac", "a")]
    [InlineData("a(?!b)", "abac", "a")]
    [InlineData("(?<=a)b", "abcb", "b")]
    [InlineData("(?<!a)b", "abcb", "b")]
    [InlineData("(?<=a|bc)d", "adbcdd", "d d")]
    [InlineData("(?:a?)*b", "aab", "aab")]
    [InlineData("(?:a|b*)*c", "abbac", "abbac")]
    [InlineData("^a", "a\na ba", "a a")]
    [InlineData("a$", "a\nba", "a a")]
    [InlineData(@"\Aa|b\z", "ab ab", "a b")]
    [InlineData(@"\bis\b", "is this is", "is is")]
    [InlineData(@"a\Z", "a\na\n", "a")]
    [InlineData("[a-c]+", "abcdcba", "abc cba")]
    [InlineData("[^a-c]+", "abcdef", "def")]
    [InlineData("[]a]+", "]a[", "]a")]
    [InlineData("[a-c&&[^b]]+", "abc", "a c")]
    [InlineData("[a[0-9]]+", "a1b2", "a1 2")]
    [InlineData(@"[\]\-\\]+", @"a]-\b", @"]-\")]
    [InlineData("[a-]+", "a-b", "a-")]
    [InlineData(@"[\s,]+", "a ,b", " ,")]
    [InlineData(@"\x41\u0042\x{43}", "ABC", "ABC")]
    [InlineData(@"\p{Lu}+\P{Lu}", "ABc", "ABc")]
    [InlineData(@"\p{^L}+", "ab12", "12")]
    [InlineData(@"\p{Uppercase_Letter}", "aB", "B")]
    [InlineData(@"\h+", "xyzBad0", "Bad0")]
    [InlineData(".+", "ab\ncd", "ab cd")]
    [InlineData("(?m:.+)", "ab\ncd", "ab\ncd")]
    [InlineData("(?i)straße", "STRAßE", "STRAßE")]
    [InlineData("a(?i:b)c", "aBc aBC", "aBc")]
    [InlineData("(?i:[a-c]+)", "aBcD", "aBc")]
    [InlineData("", "ab", "<> <> <>")]
    public void Matches_Syntax_FindsWhatOnigurumaFinds(string pattern, string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Find(pattern, text).Select(match => match.Length == 0 ? "<>" : match)));

    [Theory]
    [InlineData(@"\p{L}", "\U0001D401\U00010400\U00020000")]
    [InlineData(@"\p{N}", "\U0001D7CF\u00BD\u2163\u0967")]
    [InlineData(@"\p{So}", "\U0001F600\u00A9")]
    [InlineData(".", "\U0001F600x")]
    [InlineData(@"[^\s]", "\U0001F600x")]
    [InlineData("[\U00010400-\U0001044F]", "\U00010400\U0001044F")]
    [InlineData(@"\s", "\t\n\v\f\r \u0085\u00A0\u1680\u2000\u200A\u2028\u2029\u202F\u205F\u3000")]
    public void Matches_OneCharacter_TakesWholeCodePoints(string pattern, string characters) =>
        Assert.Equal(characters.EnumerateRunes().Select(rune => rune.ToString()), Find(pattern, characters));

    [Fact]
    public void Matches_WhiteSpace_LeavesWhatOnlyLooksLikeIt() => Assert.Empty(Find(@"\s", "\u180E\u200B\uFEFF\u001C\u001F"));

    [Fact]
    public void Matches_IgnoringCase_DoesNotFollowTheCulture()
    {
        System.Globalization.CultureInfo before = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.GetCultureInfo("tr-TR");
            Assert.Equal(["'S", "'\u017F", "'LL"], Find("(?i:'s|'ll)", "'S '\u017F 'LL"));
            Assert.Equal(["I", "i"], Find("(?i:i)", "Ii\u0130\u0131"));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("(", "a ')' is missing")]
    [InlineData("a)", "a ')' too many")]
    [InlineData("[a", "a ']' is missing")]
    [InlineData("*a", "nothing to repeat")]
    [InlineData("a{3,2}", "the wrong way round")]
    [InlineData("a{2000}", "more than 1000 times")]
    [InlineData("[z-a]", "the wrong way round")]
    [InlineData(@"\p{Klingon}", "'Klingon' is not supported")]
    [InlineData(@"\pL", "needs braces")]
    [InlineData(@"(a)\1", @"'\1' is not supported")]
    [InlineData(@"\K", @"'\K' is not supported")]
    [InlineData("[[:alpha:]]", "POSIX classes are not supported")]
    [InlineData("(?<name>a)", "named groups are not supported")]
    [InlineData("(?<=a+)b", "varying number")]
    [InlineData("(?x:a)", "option 'x' is not supported")]
    [InlineData(@"\x{110000}", "hexadecimal")]
    [InlineData("a\\", "backslash ends")]
    [InlineData("((a{1000}){1000}){1000}", "too large")]
    public void Parse_WhatIsNotSupported_SaysSo(string pattern, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => Pattern.Parse(pattern)).Message);

    [Fact]
    public void Parse_DeepNesting_SaysSo() =>
        Assert.Contains("too deeply", Assert.Throws<FormatException>(() => Pattern.Parse(new string('(', 100_000))).Message);

    [Theory]
    [InlineData("", "a", "{1}", 40_000, "stacked too deeply")]
    [InlineData("(?:", "a", "+?)++?", 90, "nested too deeply")]
    [InlineData("(?:", "", "){1000}", 4, "too large")]
    [InlineData("(?<=", "a", "{1000})", 1, null)]
    [InlineData("(?:", "a", "|b)", 90, null)]
    [InlineData("(?:", "a", "b){1}", 90, null)]
    [InlineData("", "a*", "b*", 100_000, "too large")]
    [InlineData("", "a", "a*", 19_000, null)]
    public void Parse_RepeatedNesting_EndsSoon(string open, string middle, string close, int count, string? problem)
    {
        string pattern = string.Concat(Enumerable.Repeat(open, count)) + middle + string.Concat(Enumerable.Repeat(close, count));

        Exception? failure = Record.Exception(() => Pattern.Parse(pattern));

        Assert.Equal(problem is not null, failure is FormatException);
        Assert.Contains(problem ?? "", failure?.Message ?? "", StringComparison.Ordinal);
    }

    /// <summary>Quadratic time would take minutes here.</summary>
    [Theory]
    [InlineData(Llama3, ' ', 1)]
    [InlineData(Llama3, 'a', 1)]
    [InlineData(Llama3, '\n', 1)]
    [InlineData(@"\s*[\r\n]+|\s", ' ', 1_000_000)]
    [InlineData(@"\s+$|x", '\u00A0', 1)]
    [InlineData(@"\s+$", '\n', 1)]
    [InlineData("a+b", 'a', 0)]
    [InlineData("(?:a|b)+", 'a', 1)]
    [InlineData("(?:a|b)*c", 'a', 0)]
    public void Matches_MillionsOfTheSameCharacter_EndsSoon(string pattern, char c, int expected)
    {
        // The last pattern is quadratic by its nature: a repeated group is tried from every beginning.
        int length = pattern == "(?:a|b)*c" ? 2_000 : 1_000_000;
        string[] found = [.. Find(pattern, new string(c, length))];
        Assert.Equal(expected, found.Length);
    }

    [Theory]
    [InlineData("(a|a)*b")]
    [InlineData("(a+)+b")]
    [InlineData("(a*)*b")]
    [InlineData("((a|b)*?c|(a|ab)*)*d")]
    [InlineData("(?:a?){40}a{40}b")]
    [InlineData("(?=(a|a)*b)a")]
    [InlineData("(?>(a|aa)+b)")]
    [InlineData("(a|aa)+$x")]
    public void Matches_ExpressionThatExplodes_EndsSoon(string pattern) => Assert.Empty(Find(pattern, new string('a', 3000)));

    [Theory]
    [InlineData("(a|aa)+")]
    [InlineData("(?:a|b)*?b")]
    [InlineData("(?:a|(b|bb))*")]
    public void Matches_LongTextPastTheLimit_FindsTheSame(string pattern)
    {
        string text = string.Concat(Enumerable.Repeat("aabab", 200));
        IEnumerable<string> expected = Find(pattern, text);

        // A first part that takes many choices makes the search remember the rest.
        string costly = $"(?:c|cc)+d|{pattern}";
        Assert.Equal(expected.Where(match => match.Length > 0), Find(costly, new string('c', 60) + text).Where(match => match.Length > 0));
    }

    private static List<string> Find(string pattern, string text)
    {
        List<string> found = [];
        foreach ((int start, int end) in Pattern.Parse(pattern).Matches(text))
        {
            found.Add(text[start..end]);
        }

        return found;
    }
}
