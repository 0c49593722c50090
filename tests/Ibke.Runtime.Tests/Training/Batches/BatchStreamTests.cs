using Ibke.Runtime.Tests.Training.Data;
using Ibke.Runtime.Training.Batches;
using Ibke.Runtime.Training.Data;
using Ibke.Runtime.Training.Schedules;

namespace Ibke.Runtime.Tests.Training.Batches;

public sealed class BatchStreamTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<BatchSource> _sources = [];
    private readonly BatchSettings _settings = new(300, int.MaxValue, 100, new CopyingRows(Enumerable.Range(10, 200)), new StepValues([(20, .5), (null, .1)]), new StepValues(32), 5);

    public BatchStreamTests()
    {
        AddSource("short", 3, 8, new StepValues(3));
        AddSource("long", 40, 90, new StepValues(1));
    }

    [Fact]
    public void Next_ManySteps_HoldsTheSharesOfTokensWhateverTheLengths()
    {
        long[] tokens = new long[3];
        using BatchStream stream = new(_sources, _settings, BatchPosition.Start(2));
        for (int step = 0; step < 20; step++)
        {
            Count(stream.Next(default), tokens);
        }

        Assert.InRange(tokens[0], 20 * 300 * .5 * .75, (20 * 300 * .5 * .75) + 100);
        Assert.InRange(tokens[1], 20 * 300 * .5 * .25, (20 * 300 * .5 * .25) + 100);
        Assert.InRange(tokens[2], 20 * 300 * .5, (20 * 300 * .5) + 100);

        long copied = tokens[2];
        for (int step = 20; step < 120; step++)
        {
            Count(stream.Next(default), tokens);
        }

        Assert.InRange(tokens[2] - copied, (100 * 300 * .1) - 100, (100 * 300 * .1) + 100);
    }

    [Fact]
    public void Next_FromAnyPosition_GoesOnAsTheStreamThatWasThere()
    {
        using BatchStream whole = new(_sources, _settings, BatchPosition.Start(2));
        PreparedStep[] steps = [.. Enumerable.Range(0, 30).Select(_ => whole.Next(default))];
        foreach (int at in (int[])[0, 7, 19, 28])
        {
            using BatchStream rest = new(_sources, _settings, steps[at].Position);
            PreparedStep next = rest.Next(default);

            Assert.Equal(at + 1, next.Step);
            Assert.Equal(Inputs(steps[at + 1]), Inputs(next));
            Assert.Equal(steps[at + 1].Position.Documents, next.Position.Documents);
        }
    }

    [Fact]
    public void Next_OtherSeed_GivesOtherBatches()
    {
        using BatchStream one = new(_sources, _settings, BatchPosition.Start(2));
        using BatchStream other = new(_sources, _settings with { Seed = 6 }, BatchPosition.Start(2));

        Assert.NotEqual(Inputs(one.Next(default)), Inputs(other.Next(default)));
    }

    [Fact]
    public void Next_FewTokensPerPass_DividesTheSameDocuments()
    {
        using BatchStream whole = new(_sources, _settings, BatchPosition.Start(2));
        using BatchStream divided = new(_sources, _settings with { TokensPerPass = 100 }, BatchPosition.Start(2));
        PreparedStep one = whole.Next(default);
        PreparedStep several = divided.Next(default);

        Assert.Single(one.Batches);
        Assert.True(several.Batches.Count > 2);
        Assert.All(several.Batches, batch => Assert.InRange(batch.Inputs.Length, 1, 100));
        Assert.Equal(Inputs(one), Inputs(several));
    }

    [Fact]
    public void Next_DocumentsLongerThanTheContextOrAStep_AreCutAndGivenInTheirTurn()
    {
        BatchSettings settings = _settings with { TokensPerStep = 10, LongestDocument = 50, Copying = null };
        using BatchStream stream = new([_sources[1]], settings, BatchPosition.Start(1));
        for (int step = 0; step < 10; step++)
        {
            PreparedStep next = stream.Next(default);
            Assert.Equal(step, next.Step);
            Assert.All(next.Batches.SelectMany(batch => batch.Sequences), sequence => Assert.InRange(sequence.Count, 1, 50));
        }
    }

    [Fact]
    public void Next_NothingLearnedWithinTheContext_IsRefused()
    {
        string path = _folder["far.jsonl"];
        File.WriteAllText(path, """{"parts": [["a long beginning that is not learned at all", 0], ["end", 1]]}""");
        using DocumentFile file = DocumentFile.Open(path, TinyChat.Reader);
        using BatchStream stream = new([new BatchSource("far", file, new StepValues(1))], _settings with { LongestDocument = 5, Copying = null }, BatchPosition.Start(1));

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => stream.Next(default));

        Assert.Contains("far.jsonl", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _sources.ForEach(source => source.File.Dispose());
        _folder.Dispose();
    }

    private static void Count(PreparedStep step, long[] tokens)
    {
        foreach (TrainingBatch batch in step.Batches)
        {
            for (int i = 0; i < batch.Sequences.Length; i++)
            {
                // Every document of these files and every copying row is one reply.
                tokens[batch.ReplySources[i]] += batch.Sequences[i].Count;
            }
        }
    }

    private static int[] Inputs(PreparedStep step) => [.. step.Batches.SelectMany(batch => batch.Inputs)];

    private void AddSource(string name, int least, int most, StepValues share)
    {
        Random random = new(1);
        string path = _folder[$"{name}.jsonl"];
        File.WriteAllLines(path, Enumerable.Range(0, 50).Select(_ =>
            $$"""{"text": "{{string.Concat(Enumerable.Range(0, random.Next(least, most)).Select(_ => (char)('a' + random.Next(26))))}}"}"""));
        _sources.Add(new BatchSource(name, DocumentFile.Open(path, TinyChat.Reader), share));
    }
}
