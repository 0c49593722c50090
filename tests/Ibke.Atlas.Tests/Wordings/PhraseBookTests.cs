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

    [Theory]
    [MemberData(nameof(SpokenLists))]
    public void LoadWide_Lists_GiveFurtherPhrasesAndNoneOfTheTests(string name)
    {
        PhraseList usual = Atlas.Phrases[name], wide = PhraseBook.LoadWide()[name];
        HashSet<string> kept = [.. usual.Test.Select(PhrasePattern.Comparable)];
        SeededRandom random = SeededRandom.For(3, name);
        string[] phrases = [.. Enumerable.Range(0, 2000).Select(_ => wide.Choose(random, Split.Training))];

        Assert.Equal(usual.Test, wide.Test);
        Assert.DoesNotContain(phrases, phrase => kept.Contains(PhrasePattern.Comparable(phrase)));
        if (wide.Training.Count > usual.Training.Count)
        {
            HashSet<string> further = [.. PhrasePattern.ExpandAll(wide.Training.Skip(usual.Training.Count), [])];
            Assert.InRange(phrases.Count(further.Contains), 600, 1400);
        }
    }

    [Fact]
    public void SmallTalk_Training_SharesNothingWithTests() => Assert.All(
        [.. Atlas.Phrases.SmallTalk, .. PhraseBook.LoadWide().SmallTalk],
        talk => Assert.Empty(talk.Training.Intersect(talk.Test)));
}
