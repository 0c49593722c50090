using Ibke.Runtime.Generation.Sampling;
using Ibke.Runtime.Training.Batches;
using Ibke.Runtime.Training.Data;

namespace Ibke.Runtime.Tests.Training.Batches;

public sealed class CopyingRowsTests
{
    // So many tokens that one does not come twice by chance.
    private readonly CopyingRows _rows = new(Enumerable.Range(100, 1_000_000));

    [Fact]
    public void Next_ManyRows_LearnsEveryTokenThatRepeatsAfterOneThatRepeats()
    {
        RandomSource random = new(1);
        HashSet<int> lengths = [];
        for (int i = 0; i < 200; i++)
        {
            TrainingDocument row = _rows.Next(random, 20);
            ReadOnlySpan<int> ids = row.Ids.Span;
            lengths.Add(row.Length);
            Assert.True(row.LearnedTokens >= 1);
            for (int at = 1; at < ids.Length; at++)
            {
                int before = ids[..(at - 1)].LastIndexOf(ids[at - 1]);
                bool isKnown = before >= 0 && ids[before + 1] == ids[at];
                Assert.Equal(isKnown ? .5f : 0f, row.Weights.Span[at]);
                Assert.InRange(ids[at], 100, 1_000_099);
            }
        }

        Assert.Equal(20, lengths.Max());
        Assert.True(lengths.Count > 10);
    }

    [Fact]
    public void Next_SameSeed_GivesSameRows()
    {
        (RandomSource one, RandomSource other) = (new(7), new(7));

        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(_rows.Next(one, 96).Ids.ToArray(), _rows.Next(other, 96).Ids.ToArray()));
    }
}
