using FsCheck;
using FsCheck.Fluent;
using Ibke.Runtime.Models;

namespace Ibke.Runtime.Tests.Models;

public class RowBatchesTests
{
    [Fact]
    public void Of_AnySequences_KeepsTheirOrderAndTheLimit() => Prop.ForAll<NonNull<byte[]>, byte>((lengths, limit) =>
    {
        IReadOnlyList<byte>[] batches = [.. RowBatches.Of(lengths.Get, length => length, limit)];

        Assert.Equal(lengths.Get, batches.SelectMany(batch => batch));
        Assert.All(batches, batch => Assert.True(batch.Count == 1 || batch.Sum(length => length) <= limit));
        Assert.All(batches.Zip(batches.Skip(1)), pair => Assert.True(pair.First.Sum(length => length) + pair.Second[0] > limit));
    }).QuickCheckThrowOnFailure();
}
