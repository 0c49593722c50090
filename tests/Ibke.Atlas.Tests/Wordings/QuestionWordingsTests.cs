using Ibke.Atlas.Wordings;
using Ibke.Atlas.World;

namespace Ibke.Atlas.Tests.Wordings;

public sealed class QuestionWordingsTests
{
    public static TheoryData<string> Relations => [.. Atlas.World.Relations.Keys];

    [Theory]
    [MemberData(nameof(Relations))]
    public void Choose_Trained_NeverGivesAHeldOrUnseenWording(string name)
    {
        QuestionWordings questions = Atlas.World.Relations[name].Questions;
        SeededRandom random = SeededRandom.For(1, name);
        HashSet<string> kept = [.. questions.Held.Concat(questions.Unseen).Concat(questions.UnseenCarried).Select(PhrasePattern.Comparable)];
        string[] chosen = [.. Enumerable.Range(0, 3000).Select(_ => questions.Choose(random, WordingTier.Trained))];

        Assert.DoesNotContain(chosen, template => kept.Contains(PhrasePattern.Comparable(template)));
        Assert.True(chosen.Distinct().Count() > 200, $"{chosen.Distinct().Count()} wordings");
    }

    [Theory]
    [MemberData(nameof(Relations))]
    public void Templates_OfARelation_NameTheSubjectOnce(string name)
    {
        Relation relation = Atlas.World.Relations[name];
        QuestionWordings questions = relation.Questions;
        IEnumerable<string> templates = [.. questions.Direct, .. questions.Indirect, .. questions.Held, .. questions.Unseen, .. questions.UnseenCarried];

        Assert.All(templates, template => Assert.Equal(2, template.Split("{s}").Length));
        Assert.All(relation.TrainedStatements.Concat(relation.HeldStatements), statement =>
        {
            Assert.Equal(2, statement.Split("{s}").Length);
            Assert.Equal(2, statement.Split("{o}").Length);
        });
        Assert.True(questions.Direct.Count >= 20, $"{questions.Direct.Count} direct questions");
    }

    [Theory]
    [MemberData(nameof(Relations))]
    public void Statements_Trained_AreNoneThatIsHeld(string name)
    {
        Relation relation = Atlas.World.Relations[name];

        Assert.Empty(relation.TrainedStatements.Intersect(relation.HeldStatements));
        Assert.True(relation.TrainedStatements.Count >= 12, $"{relation.TrainedStatements.Count} statements");
    }
}
