using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Runtime.Tests.Knowledge.Sources;

public sealed class FileFactSourceTests : IDisposable
{
    private static readonly ModelCard Card = new(rephrasings: [["Who is the CEO of {s}?", "Who leads {s}?"]]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ibke-facts-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task AskAsync_Csv_GivesAnswerSourceAndDay()
    {
        CsvFactSource source = new(Write("facts.csv", "question,answer,as_of\nWho is the CEO of Argent?,Lena Voss,2026-03-31\n"));

        SourcedFact? fact = await source.AskAsync("who is  the CEO of argent");

        Assert.Equal(new SourcedFact("Lena Voss", "facts.csv", new DateOnly(2026, 3, 31)), fact);
    }

    [Fact]
    public async Task AskAsync_Json_GivesAnswerSourceAndDay()
    {
        JsonFactSource source = new(Write("facts.json", """
            [{"question": "Who is the CEO of Argent?", "answer": "Lena Voss", "as_of": "2026-03-31", "note": "x"}, {"question": "How many?", "answer": 7}]
            """));

        Assert.Equal(new SourcedFact("Lena Voss", "facts.json", new DateOnly(2026, 3, 31)), await source.AskAsync("Who is the CEO of Argent?"));
        Assert.Equal(new SourcedFact("7", "facts.json", null), await source.AskAsync("How many?"));
        Assert.Equal(["Who is the CEO of Argent?", "How many?"], source.Questions());
    }

    [Fact]
    public async Task AskAsync_OtherWordingOfTheCard_FindsTheFact()
    {
        CsvFactSource source = new(Write("facts.csv", "question,answer,as_of\nWho is the CEO of Argent?,Lena Voss,\n"), Card);

        Assert.Equal("Lena Voss", (await source.AskAsync("Who leads Argent?"))?.Answer);
        Assert.Null(await source.AskAsync("Who leads Copper?"));
    }

    [Fact]
    public async Task AskAsync_SeveralRowsOfOneFact_NewestCounts()
    {
        CsvFactSource source = new(
            Write("facts.csv", "as_of,answer,question\n2026-01-01,B,Who leads X?\n2025-01-01,A,Who is the CEO of X?\n,C,Who leads X?\n"), Card);

        Assert.Equal("B", (await source.AskAsync("Who leads X?"))?.Answer);
    }

    [Fact]
    public async Task AskAsync_FileChanges_IsReadAgain()
    {
        string path = Write("facts.csv", "question,answer,as_of\nQ?,first,\n");
        CsvFactSource source = new(path);
        Assert.Equal("first", (await source.AskAsync("Q?"))?.Answer);

        Write("facts.csv", "question,answer,as_of\nQ?,other,\n");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));

        Assert.Equal("other", (await source.AskAsync("Q?"))?.Answer);
    }

    [Fact]
    public async Task AskAsync_BadRows_NamesThemAndRecovers()
    {
        string path = Write("facts.csv", "question,answer,as_of\nQ?,first,\nshort,row\n,nothing,\nP?,a,31.3.2026\n");
        CsvFactSource source = new(path);

        FactSourceException error = await Assert.ThrowsAsync<FactSourceException>(() => source.AskAsync("Q?"));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("line 3: 2 fields", error.Message, StringComparison.Ordinal);
        Assert.Contains("line 4: the question is missing", error.Message, StringComparison.Ordinal);
        Assert.Contains("line 5: as_of is \"31.3.2026\"", error.Message, StringComparison.Ordinal);

        Write("facts.csv", "question,answer,as_of\nQ?,good,\n");
        Assert.Equal("good", (await source.AskAsync("Q?"))?.Answer);
    }

    [Fact]
    public async Task AskAsync_TwoAnswersOfOneDay_NamesBothRows()
    {
        CsvFactSource source = new(Write("facts.csv", "question,answer,as_of\nQ?,a,2026-01-01\nQ?,b,2026-01-01\n"));

        FactSourceException error = await Assert.ThrowsAsync<FactSourceException>(() => source.AskAsync("Q?"));

        Assert.Contains("line 3: another answer to the same question, of the same day, as line 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("question;answer;as_of\n", "the first line names")]
    [InlineData("question,answer,as_of\n\"open", "line 2: a quoted field is not closed")]
    public async Task AskAsync_BadCsv_SaysWhy(string text, string reason)
    {
        CsvFactSource source = new(Write("facts.csv", text));

        FactSourceException error = await Assert.ThrowsAsync<FactSourceException>(() => source.AskAsync("Q?"));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("{}", "must hold a list")]
    [InlineData("[1]", "entry 1: not an object")]
    [InlineData("""[{"question": "Q?", "answer": "\ud800"}]""", "entry 1: half a surrogate pair")]
    [InlineData("""[{"\udc00": 1, "question": "Q?"}]""", "entry 1")]
    [InlineData("""[{"question": "Q?", "answer": "A"}, {"question": "Q?"}]""", "entry 2: the answer is missing")]
    public async Task AskAsync_BadJson_SaysWhy(string text, string reason)
    {
        JsonFactSource source = new(Write("facts.json", text));

        FactSourceException error = await Assert.ThrowsAsync<FactSourceException>(() => source.AskAsync("Q?"));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AskAsync_MissingOrBinaryFile_SaysSo()
    {
        string path = Path.Combine(_folder.FullName, "none.csv");
        Assert.Contains(path, (await Assert.ThrowsAsync<FactSourceException>(() => new CsvFactSource(path).AskAsync("Q?"))).Message, StringComparison.Ordinal);

        File.WriteAllBytes(path, [0xff, 0xfe, 0xfd, 0x80]);
        await Assert.ThrowsAsync<FactSourceException>(() => new JsonFactSource(path).AskAsync("Q?"));
    }

    [Fact]
    public async Task AskAsync_FromManyThreads_ReadsOnce()
    {
        CsvFactSource source = new(Write("facts.csv", "question,answer,as_of\nQ?,first,\n"));

        SourcedFact?[] facts = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => source.AskAsync("Q?"))));

        Assert.All(facts, fact => Assert.Same(facts[0], fact));
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
