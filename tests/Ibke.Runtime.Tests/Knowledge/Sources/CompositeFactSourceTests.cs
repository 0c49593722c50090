using Ibke.Runtime.Knowledge.Sources;

namespace Ibke.Runtime.Tests.Knowledge.Sources;

public sealed class CompositeFactSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AskAsync_SeveralRanks_TheFirstThatKnowsAnswers()
    {
        CompositeFactSource source = new(
            [Csv("registry", "Who runs Opal?,Ann,2026-01-01")],
            [Csv("wiki", "Who runs Opal?,Bo,2026-02-01\nWho runs Jade?,Carl,2026-02-01"), Csv("news", "Who runs Jade?,carl.,2026-03-01")]);

        Assert.Equal(new SourcedFact("Ann", "registry.csv", new DateOnly(2026, 1, 1)), await source.AskAsync("Who runs Opal?"));
        Assert.Equal(new SourcedFact("carl.", "news.csv", new DateOnly(2026, 3, 1)), await source.AskAsync("who runs jade"));
        Assert.Null(await source.AskAsync("Who runs Ruby?"));
        Assert.Equal(["Who runs Opal?", "Who runs Jade?"], (await source.ListAsync()).Select(fact => fact.Question));
    }

    [Fact]
    public async Task AskAsync_OneRankDisagrees_SaysWhoSaysWhatAndDoesNotGuess()
    {
        CompositeFactSource source = new([Csv("wiki", "Who runs Opal?,Ann,"), Csv("news", "Who runs Opal?,Bo,2026-02-01")]);

        FactConflictException error = await Assert.ThrowsAsync<FactConflictException>(() => source.AskAsync("Who runs Opal?"));

        Assert.Contains("wiki.csv says Ann; news.csv says Bo", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.Answers.Count);
    }

    [Fact]
    public void Constructor_NoSource_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new CompositeFactSource());
        Assert.Throws<ArgumentException>(() => new CompositeFactSource([Csv("wiki", "")], []));
    }

    private CsvFactSource Csv(string name, string rows)
    {
        File.WriteAllText(_folder[name + ".csv"], $"question,answer,as_of\n{rows}\n");
        return new CsvFactSource(_folder[name + ".csv"]);
    }
}
