using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Editing;

public class GreedyAnswersTests
{
    private readonly QuestionPrompt _prompts = new(Atlas.Shared);
    private readonly ModelCard _card = ModelCard.Load(Atlas.Folder);

    [Fact]
    public void Answer_RightWrongAndNoDrafts_GivesTheSameAsGeneration()
    {
        GreedyAnswers answers = new(Atlas.Shared, _prompts, maximumTokens: 24);
        IReadOnlyList<ModelAnswer> generated = Answer(answers, (_, _) => null);

        IReadOnlyList<ModelAnswer> drafted = Answer(
            answers, (i, question) => i % 3 == 0 ? null : i % 3 == 1 ? answers.Wanted("Belford") : generated[i]);

        Assert.Equal(generated.Select(answer => answer.Text), drafted.Select(answer => answer.Text));
        Assert.Equal(generated.SelectMany(answer => answer.Ids), drafted.SelectMany(answer => answer.Ids));
        Assert.All(drafted, answer => Assert.True(answer.Complete));
    }

    [Fact]
    public void Answer_LimitReached_IsNotComplete()
    {
        GreedyAnswers answers = new(Atlas.Shared, _prompts, maximumTokens: 1);

        ModelAnswer answer = answers.Answer(WeightVersion.Base, "Where was Leona Zeller born?", CancellationToken.None);

        Assert.Single(answer.Ids);
        Assert.False(answer.Complete);
        Assert.Equal(answer.Ids, Assert.Single(answers.Answer(
            WeightVersion.Base, [new DraftedQuestion("Where was Leona Zeller born?", answer)], CancellationToken.None)).Ids);
    }

    [Fact]
    public void Answer_Cancelled_Throws()
    {
        GreedyAnswers answers = new(Atlas.Shared, _prompts, maximumTokens: 24);

        Assert.ThrowsAny<OperationCanceledException>(
            () => answers.Answer(WeightVersion.Base, "Where was Leona Zeller born?", new CancellationToken(canceled: true)));
    }

    // More than go through the model at once.
    private IReadOnlyList<ModelAnswer> Answer(GreedyAnswers answers, Func<int, string, ModelAnswer?> draft) => answers.Answer(
        WeightVersion.Base,
        [.. _card.Locality.Select((question, i) => new DraftedQuestion(question, draft(i, question)))],
        CancellationToken.None);
}
