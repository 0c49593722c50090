using Ibke.Atlas.World;

namespace Ibke.Atlas.Tests.World;

public sealed class OutsideNamesTests
{
    private static readonly OutsideNames _names = new(Atlas.World);

    [Theory]
    [InlineData("person")]
    [InlineData("company")]
    [InlineData("product")]
    [InlineData("city")]
    [InlineData("country")]
    [InlineData("university")]
    public void Outsider_AnyKind_IsOutsideTheWorldAndOfItsSplit(string kind)
    {
        SeededRandom random = SeededRandom.For(1, kind);
        string[] trained = [.. Enumerable.Range(0, 300).Select(_ => _names.Outsider(random, kind, Split.Training))];
        string[] tests = [.. Enumerable.Range(0, 300).Select(_ => _names.Outsider(random, kind, Split.Test))];

        Assert.All(trained.Concat(tests), name => Assert.Null(Atlas.World.KindOf(name)));
        Assert.Empty(trained.Intersect(tests));
        Assert.True(trained.Distinct().Count() > 120, $"only {trained.Distinct().Count()} names");
    }

    [Fact]
    public void TestOnly_EverydayNames_ShareNoWordWithTheNamesOfTrainingButThoseOfTheWorld()
    {
        HashSet<string> words = [.. _names.TestOnly().SelectMany(name => name.Split(' ')).Where(word => word.Length > 3)];
        words.ExceptWith(Atlas.World.Subjects.SelectMany(name => name.Split(' ')));
        SeededRandom random = new(2);
        string[] kinds = ["person", "company", "product", "city", "country"];
        string[] trained = [.. Enumerable.Range(0, 5000).Select(i => _names.Invented(random, kinds[i % kinds.Length], Split.Training))];

        Assert.DoesNotContain(trained, name => name.Split(' ').Any(words.Contains));
    }

    [Theory]
    [InlineData("Dario Osei", "person")]
    [InlineData("Clear Energy", "company")]
    [InlineData("Selmouth", "city")]
    public void Near_NameOfTheWorld_GivesAnotherThatIsNearlyTheSame(string name, string kind)
    {
        string near = NearNames.Change(Atlas.World, _names, new SeededRandom(1), Split.Training, name, kind)!;
        string sharing = NearNames.Sharing(Atlas.World, new SeededRandom(1), name, kind)!;

        Assert.Null(Atlas.World.KindOf(near));
        Assert.Equal(kind, Atlas.World.KindOf(sharing));
        Assert.All([near, sharing], other => Assert.True(other.Split(' ').Intersect(name.Split(' ')).Any() || other[..3] == name[..3], other));
    }
}
