using Ibke.Runtime.Training.Batches;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Tests.Training.Batches;

public sealed class BatchPackerTests
{
    [Fact]
    public void Pack_TwoDocuments_PutsThemOneAfterTheOtherWithoutWhatFollowsTheLastLearnedToken()
    {
        BatchPacker packer = new();

        packer.Add(new TrainingDocument(new[] { 1, 2, 3, 4, 5 }, new[] { 0f, 0, 1, 0, 0 }), 0);
        packer.Add(new TrainingDocument(new[] { 6, 7 }, new[] { 9f, 2 }), 1);
        TrainingBatch batch = packer.Pack();

        Assert.Equal([1, 2, 6], batch.Inputs);
        Assert.Equal([2, 1], batch.Sequences.Select(sequence => sequence.Count));
        Assert.Equal([1, 2], batch.LearnedRows);
        Assert.Equal([3, 7], batch.Targets);
        Assert.Equal([1, 2], batch.Weights);
        Assert.Equal([0, 1], batch.Replies);
        Assert.Equal([0, 1], batch.ReplySources);
        Assert.Equal(3, batch.TotalWeight);
        Assert.Equal(0, packer.Rows);
    }

    [Fact]
    public void Pack_SeveralReplies_TellsThemApartAndLeavesOutWhatHardlyCounts()
    {
        BatchPacker packer = new();

        packer.Add(new TrainingDocument(new[] { 1, 2, 3, 4, 5, 6, 7, 8 }, new[] { 0f, .1f, 1, 1, 0, 1, .1f, .6f }), 3);
        TrainingBatch batch = packer.Pack();

        Assert.Equal([2, 3, 4, 6, 7, 8], batch.Targets);
        Assert.Equal([-1, 0, 0, 1, -1, 2], batch.Replies);
        Assert.Equal([3, 3, 3], batch.ReplySources);
    }

    [Fact]
    public void Add_NothingLearned_AddsNothing()
    {
        BatchPacker packer = new();

        packer.Add(new TrainingDocument(new[] { 1, 2 }, new[] { 1f, 0 }), 0);

        Assert.Equal(0, packer.Rows);
        Assert.Empty(packer.Pack().Sequences);
    }
}
