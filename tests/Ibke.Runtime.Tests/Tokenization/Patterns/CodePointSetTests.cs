using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Tokenization.Patterns;

namespace Ibke.Runtime.Tests.Tokenization.Patterns;

public sealed class CodePointSetTests
{
    [Fact]
    public void Contains_AnySetsCombined_FollowsSetAlgebra()
    {
        Gen<int> codePoints = Gen.OneOf(Gen.Choose(0, 200), Gen.Choose(0xFFF0, 0x1000F), Gen.Choose(0, 0x10FFFF));
        Gen<(int, int)[]> ranges =
            (from a in codePoints from b in codePoints select (Math.Min(a, b), Math.Max(a, b))).ListOf().Select(list => list.ToArray());

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(300),
            Prop.ForAll(ranges.ToArbitrary(), ranges.ToArbitrary(), codePoints.ToArbitrary(), (first, second, codePoint) =>
            {
                CodePointSet a = CodePointSet.Of(first);
                CodePointSet b = CodePointSet.Of(second);
                bool inA = first.Any(range => range.Item1 <= codePoint && codePoint <= range.Item2);
                bool inB = second.Any(range => range.Item1 <= codePoint && codePoint <= range.Item2);
                return a.Contains(codePoint) == inA
                    && a.Union(b).Contains(codePoint) == (inA || inB)
                    && a.Intersect(b).Contains(codePoint) == (inA && inB)
                    && a.Complement().Contains(codePoint) == !inA
                    && a.IsDisjointFrom(b) == (a.Intersect(b).Ranges.Count == 0);
            }));
    }

    [Fact]
    public void Category_EveryCodePoint_IsInExactlyItsOwn()
    {
        CodePointSet letters = UnicodeSets.Category("L");
        CodePointSet numbers = UnicodeSets.Category("Number");
        for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(codePoint);
            if (letters.Contains(codePoint) != category <= UnicodeCategory.OtherLetter
                || numbers.Contains(codePoint) != (category is >= UnicodeCategory.DecimalDigitNumber and <= UnicodeCategory.OtherNumber))
            {
                Assert.Fail($"U+{codePoint:X4} is {category}.");
            }
        }

        Assert.Equal(0x110000, "LMNPSZC".Sum(c => UnicodeSets.Category(c.ToString()).Ranges.Sum(range => range.To - range.From + 1)));
    }
}
