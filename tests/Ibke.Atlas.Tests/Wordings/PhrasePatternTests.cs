using FsCheck;
using FsCheck.Fluent;
using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Tests.Wordings;

public sealed class PhrasePatternTests
{
    [Fact]
    public void Expansions_NestedAlternatives_AreAllThereIs()
    {
        string[] phrases = [.. PhrasePattern.Parse("[Please |]tell me [now|[very |]soon].").Expansions()];

        Assert.Equal(
            ["Please tell me now.", "Please tell me very soon.", "Please tell me soon.", "tell me now.", "tell me very soon.", "tell me soon."], phrases);
    }

    [Theory]
    [InlineData("[a|b")]
    [InlineData("a]")]
    [InlineData("[a|[b]")]
    public void Parse_BracketsThatDoNotMatch_Throws(string pattern) => Assert.Throws<FormatException>(() => PhrasePattern.Parse(pattern));

    [Fact]
    public void Expand_AnyText_GivesAnExpansionOrAFormatException()
    {
        Gen<string> texts = Gen.Elements("a", "b ", "[", "|", "]", "{s}").ArrayOf().Select(string.Concat);
        Check.QuickThrowOnFailure(Prop.ForAll(texts.ToArbitrary(), text =>
        {
            try
            {
                PhrasePattern pattern = PhrasePattern.Parse(text);
                string phrase = pattern.Expand(new SeededRandom((ulong)text.Length));
                return text.Length > 40 || pattern.Expansions().Contains(phrase);
            }
            catch (FormatException)
            {
                return text.Contains('[', StringComparison.Ordinal) || text.Contains(']', StringComparison.Ordinal);
            }
        }));
    }

    [Fact]
    public void ExpandAll_PhrasesKeptForTests_AreLeftOutWhateverTheirCase() =>
        Assert.Equal(["Who is it?"], PhrasePattern.ExpandAll(["[Who is it?|who was it]"], ["Who was it?"]));
}
