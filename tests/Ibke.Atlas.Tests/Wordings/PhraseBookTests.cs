using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Tests.Wordings;

public sealed class PhraseBookTests
{
    private static readonly string[] _spoken =
        ["correct", "correct_statement", "anaphor", "still", "check", "undo", "undo_id", "list", "time", "search", "weather", "systems"];

    public static TheoryData<string> Lists => [.. Atlas.Phrases.Names];

    public static TheoryData<string> SpokenLists => [.. _spoken];

    [Theory]
    [MemberData(nameof(Lists))]
    public void Choose_ForTraining_NeverGivesAPhraseOfTheTests(string name)
    {
        PhraseList list = Atlas.Phrases[name];
        SeededRandom random = SeededRandom.For(1, name);
        HashSet<string> kept = [.. list.Test.Select(PhrasePattern.Comparable)];

        Assert.DoesNotContain(Enumerable.Range(0, 2000), _ => kept.Contains(PhrasePattern.Comparable(list.Choose(random, Split.Training))));
        Assert.Contains(list.Choose(random, Split.Test), list.Test);
    }

    [Theory]
    [MemberData(nameof(SpokenLists))]
    public void Choose_WhatUsersSay_HasManyPhrases(string name)
    {
        SeededRandom random = SeededRandom.For(2, name);
        int phrases = Enumerable.Range(0, 2000).Select(_ => Atlas.Phrases[name].Choose(random, Split.Training)).Distinct().Count();

        Assert.True(phrases >= 60, $"{name}: {phrases}");
    }

    [Fact]
    public void SmallTalk_Training_SharesNothingWithTests() =>
        Assert.All(Atlas.Phrases.SmallTalk, talk => Assert.Empty(talk.Training.Intersect(talk.Test)));
}
