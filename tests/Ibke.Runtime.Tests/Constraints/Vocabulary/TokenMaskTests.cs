using Ibke.Runtime.Constraints.Vocabulary;

namespace Ibke.Runtime.Tests.Constraints.Vocabulary;

public sealed class TokenMaskTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(333)]
    public void Apply_AnySet_LeavesItsTokensAndNoOthers(int size)
    {
        Random random = new(size);
        foreach (double share in new[] { 0, 0.1, 0.5, 0.9, 1 })
        {
            TokenMask mask = new(size);
            HashSet<int> ids = [.. Enumerable.Range(0, size).Where(_ => random.NextDouble() < share)];
            foreach (int id in ids)
            {
                mask.Add(id);
            }

            float[] logits = [.. Enumerable.Range(0, size).Select(id => (float)id)];
            mask.Apply(logits);

            Assert.Equal(ids.Count, mask.Count);
            Assert.Equal(ids.Order(), mask.Ids());
            Assert.All(Enumerable.Range(0, size), id =>
            {
                Assert.Equal(ids.Contains(id) ? id : float.NegativeInfinity, logits[id]);
                Assert.Equal(ids.Contains(id), mask.Contains(id));
            });
        }
    }
}
