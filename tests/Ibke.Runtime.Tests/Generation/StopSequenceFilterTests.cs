using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Generation;

namespace Ibke.Runtime.Tests.Generation;

public sealed class StopSequenceFilterTests
{
    [Fact]
    public void Append_NoStopSequences_PassesEverything()
    {
        StopSequenceFilter filter = new([]);

        Assert.Equal("abc", filter.Append("abc"));
        Assert.Equal("", filter.Flush());
    }

    [Fact]
    public void Append_StopSequenceOverSeveralPieces_StopsBeforeIt()
    {
        StopSequenceFilter filter = new(["END", "\n\n"]);

        Assert.Equal("one", filter.Append("one\n"));
        Assert.Equal("\ntwo ", filter.Append("two E"));
        Assert.Equal("", filter.Append("N"));
        Assert.False(filter.Stopped);
        Assert.Equal("", filter.Append("D three"));
        Assert.True(filter.Stopped);
        Assert.Equal("", filter.Append("four"));
        Assert.Equal("", filter.Flush());
    }

    [Fact]
    public void Flush_HeldText_IsGivenAtTheEnd()
    {
        StopSequenceFilter filter = new(["END"]);

        Assert.Equal("", filter.Append("EN"));
        Assert.Equal("EN", filter.Flush());
    }

    [Fact]
    public void Append_BeginningThatComesToNothing_IsPassedOn()
    {
        StopSequenceFilter filter = new(["aab"]);

        Assert.Equal("", filter.Append("aa"));
        Assert.Equal("a", filter.Append("a"));
        Assert.Equal("aac", filter.Append("c"));
    }

    [Fact]
    public void Append_AnyPieces_GivesTheTextBeforeTheFirstStopSequence()
    {
        Gen<string> text = Gen.Elements('a', 'b', 'c').ArrayOf().Select(letters => new string(letters));
        Gen<string> stop = text.Where(word => word.Length > 0);
        Arbitrary<(string[] Pieces, string[] Stops)> cases = Arb.From(
            from pieces in text.ArrayOf()
            from first in stop
            from second in stop
            select (pieces, new[] { first, second }));

        Prop.ForAll(cases, c =>
        {
            StopSequenceFilter filter = new(c.Stops);
            string given = string.Concat(c.Pieces.Select(filter.Append)) + filter.Flush();
            string all = string.Concat(c.Pieces);
            int end = c.Stops.Select(word => all.IndexOf(word, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min();
            return filter.Stopped == end >= 0 && given == (end < 0 ? all : all[..end]);
        }).QuickCheckThrowOnFailure();
    }
}
