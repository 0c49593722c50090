using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Chat.ToolCalls;

namespace Ibke.Runtime.Tests.Chat.ToolCalls;

public class JsonExtentTests
{
    [Theory]
    [InlineData("{\"a\": [1, {}]} b", 14)]
    [InlineData("{\"}\\\"}\": 1}", 11)]
    [InlineData("{\"a\": </e", -1)]
    [InlineData("{\"a\": </end> }", 6)]
    [InlineData("{\"a\": \"</end>\"", -1)]
    [InlineData("{\"a\\", -1)]
    public void End_Text_FindsTheLastBracketOrTheStop(string text, int expected) => Assert.Equal(expected, new JsonExtent().End(text, 0, "</end>"));

    [Fact]
    public void End_GrowingText_GivesTheSameAsTheWholeText()
    {
        Gen<string[]> parts = Gen.ArrayOf(Gen.Elements("{", "}", "[", "]", "\"", "\\", "a", "<", "</", "</end>", " "));
        Prop.ForAll(parts.ToArbitrary(), signs =>
        {
            string text = "{" + string.Concat(signs);
            JsonExtent growing = new();
            return Enumerable.Range(1, text.Length).All(length =>
                growing.End(text[..length], 0, "</end>") == new JsonExtent().End(text[..length], 0, "</end>"));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void End_AnotherStart_BeginsAnew()
    {
        JsonExtent extent = new();

        Assert.Equal(-1, extent.End("{[{}", 0));
        Assert.Equal(4, extent.End("{[{}", 2));
    }
}
