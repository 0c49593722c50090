using Ibke.Atlas.World;

namespace Ibke.Atlas.Tests.World;

public sealed class SeededRandomTests
{
    // The first numbers of SplitMix64 from 1234567, as its authors publish them.
    [Fact]
    public void Next_KnownSeed_FollowsSplitMix64()
    {
        ulong[] published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        SeededRandom random = new(1234567);

        Assert.All(published, number => Assert.Equal((int)(((number >> 32) * 1_000_000) >> 32), random.Next(1_000_000)));
    }

    [Fact]
    public void For_SamePurpose_GivesTheSameStream()
    {
        int[] one = Draw(SeededRandom.For(7, "a"));

        Assert.Equal(one, Draw(SeededRandom.For(7, "a")));
        Assert.NotEqual(one, Draw(SeededRandom.For(7, "b")));
        Assert.NotEqual(one, Draw(SeededRandom.For(8, "a")));
    }

    [Fact]
    public void Next_ManyDraws_CoverTheRangeEvenly()
    {
        SeededRandom random = new(3);
        int[] counts = new int[10];
        for (int i = 0; i < 10_000; i++)
        {
            counts[random.Next(10)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 850, 1150));
    }

    [Fact]
    public void Choose_Weighted_FollowsTheWeights()
    {
        SeededRandom random = new(4);
        int rare = Enumerable.Range(0, 10_000).Count(_ => random.Choose([("often", 3.0), ("rare", 1.0)]) == "rare");

        Assert.InRange(rare, 2300, 2700);
    }

    [Fact]
    public void Shuffle_List_KeepsItsItems()
    {
        int[] items = [.. Enumerable.Range(0, 50)];

        new SeededRandom(5).Shuffle(items);

        Assert.NotEqual(Enumerable.Range(0, 50), items);
        Assert.Equal(Enumerable.Range(0, 50), items.Order());
    }

    [Fact]
    public void Next_NoRange_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new SeededRandom(1).Next(0));

    private static int[] Draw(SeededRandom random) => [.. Enumerable.Range(0, 20).Select(_ => random.Next(1000))];
}
