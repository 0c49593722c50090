using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Editing.Cases;

namespace Ibke.Runtime.Tests.Editing.Cases;

public class CsvRecordsTests
{
    [Fact]
    public void Parse_QuotesCommasAndLineBreaks_AreFields()
    {
        IReadOnlyList<CsvRecord> records = CsvRecords.Parse("a,\"b, c\",\"say \"\"so\"\"\"\r\n\"two\nlines\",,last\r\n");

        Assert.Equal(2, records.Count);
        Assert.Equal(["a", "b, c", "say \"so\""], records[0].Fields);
        Assert.Equal(["two\nlines", "", "last"], records[1].Fields);
    }

    [Theory]
    [InlineData("a\nb", 2)]
    [InlineData("a\r\nb", 2)]
    [InlineData("a\rb", 2)]
    [InlineData("\"a\nb\"\nc", 3)]
    [InlineData("\"a\r\nb\"\r\nc", 3)]
    [InlineData("a\n\n\nb", 4)]
    public void Parse_EveryLineBreak_CountsLines(string text, int lineOfLast)
    {
        Assert.Equal(lineOfLast, CsvRecords.Parse(text)[^1].Line);
    }

    [Theory]
    [InlineData("a\n\"open", "line 2")]
    [InlineData("a\nb\n\"x\"y", "line 3")]
    [InlineData("in\"side", "line 1")]
    public void Parse_MisplacedQuote_NamesLine(string text, string place)
    {
        FormatException error = Assert.Throws<FormatException>(() => CsvRecords.Parse(text));

        Assert.Contains(place, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Empty_HasNoRecords()
    {
        Assert.Empty(CsvRecords.Parse(""));
        Assert.Empty(CsvRecords.Parse("\r\n\n"));
    }

    [Fact]
    public void Parse_WhatFormatWrote_ReadsTheSame()
    {
        Gen<string> field = Gen.Elements('a', 'é', ' ', ',', '"', '\r', '\n').ListOf().Select(cs => new string([.. cs]));
        Gen<List<List<string>>> table = field.NonEmptyListOf().Select(f => f.ToList()).ListOf().Select(r => r.ToList());

        Prop.ForAll(table.ToArbitrary(), rows =>
        {
            string text = string.Concat(rows.Select(row => CsvRecords.Format(row) + "\r\n"));
            IEnumerable<IReadOnlyList<string>> read = CsvRecords.Parse(text).Select(record => record.Fields);
            return rows.Count == read.Count() && rows.Zip(read).All(pair => pair.First.SequenceEqual(pair.Second));
        }).QuickCheckThrowOnFailure();
    }
}
