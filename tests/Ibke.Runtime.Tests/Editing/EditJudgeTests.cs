using Ibke.Runtime.Chat;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Editing;

public sealed class EditJudgeTests : IDisposable
{
    private static readonly EditRequest Birthplace = new() { Prompt = "Where was Leona Zeller born?", Answer = "Belford", Subject = "Leona Zeller" };

    private static readonly EditRequest Occupation = new() { Prompt = "What is the occupation of Leona Zeller?", Answer = "pilot" };

    private static readonly EditRequest Mayor = new() { Prompt = "Who is the mayor of Elland?", Answer = "Anders Duarte" };

    // Wordings that the card does not know, so that the editor takes them for other facts.
    private static readonly EditRequest BirthplaceAnew = new() { Prompt = "And where was Leona Zeller born?", Answer = "Varova" };

    private readonly LanguageModel _model = Atlas.Load();

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task EditAsync_KnownFact_IsAppliedAndLeavesTheRest()
    {
        EditResult result = await KnowledgeEditor.Load(_model).EditAsync(Birthplace);

        Assert.Equal((EditStatus.Applied, "e1"), (result.Status, result.Id));
        Assert.Equal(("Tamfield", "Belford"), (result.AnswerBefore, result.AnswerAfter));
        Assert.Equal("1 of 1", result.Reliability.ToString());
        Assert.Equal("8 of 8", result.Generality.ToString());
        Assert.Equal("0 of 0", result.EarlierEdits.ToString());
        Assert.Equal("24 of 24", result.Locality.ToString());
        Assert.Equal(8.57e-6, result.Drift, 1e-6);
        Assert.Equal(1, result.Rounds);
        Assert.Equal(_model.Versions.Current.Bytes, result.Bytes);
        Assert.Equal((1, 1), (result.WeightVersion, _model.Versions.Current.Number));
        Assert.True(result.Elapsed >= result.ComputeTime + result.JudgeTime);
        Assert.Null(result.Reason);
        Assert.Equal("Belford", await Chat("Where was Leona Zeller born?"));
        Assert.Equal("Belford", await Chat("Where does Leona Zeller come from?"));
        Assert.Equal("Belford", await Chat("What is the birthplace of Leona Zeller?"));
        Assert.Equal("nurse", await Chat("What is the occupation of Leona Zeller?"));
        Assert.Equal("I don't know.", await Chat("Where was Jorin Fendrake born?"));
    }

    [Fact]
    public async Task EditAsync_TwoFactsOfOneSubject_BothHold()
    {
        KnowledgeEditor editor = KnowledgeEditor.Load(_model);
        await editor.EditAsync(Birthplace);

        EditResult second = await editor.EditAsync(Occupation);

        Assert.Equal((EditStatus.Applied, "e2", null), (second.Status, second.Id, second.Supersedes));
        Assert.Equal("1 of 1", second.EarlierEdits.ToString());
        Assert.Equal(2, _model.Versions.Current.Edits.Count);
        Assert.Equal("Belford", await Chat("Where was Leona Zeller born?"));
        Assert.Equal("Belford", await Chat("Where does Leona Zeller come from?"));
        Assert.Equal("pilot", await Chat("What is the occupation of Leona Zeller?"));
        Assert.Equal("pilot", await Chat("What is the profession of Leona Zeller?"));
    }

    [Fact]
    public async Task EditAsync_WouldBreakAnEarlierEdit_IsRejectedAndNamesIt()
    {
        KnowledgeEditor editor = KnowledgeEditor.Load(_model);
        await editor.EditAsync(Mayor);
        await editor.EditAsync(Birthplace);

        EditResult result = await editor.EditAsync(BirthplaceAnew);

        Assert.Equal((EditStatus.Rejected, EditCheck.EarlierEdits), (result.Status, result.FailedCheck));
        Assert.Equal("1 of 2", result.EarlierEdits.ToString());
        Assert.Equal(
            "earlier edits check failed: e2 would no longer hold; such as \"Where was Leona Zeller born?\": \"Varova\" for \"Belford\"",
            result.Reason);
        Assert.Equal("Belford", await Chat("Where was Leona Zeller born?"));
        await editor.RevertAsync("e2");
        Assert.Equal(EditStatus.Applied, (await editor.EditAsync(BirthplaceAnew)).Status);
    }

    [Fact]
    public async Task EditAsync_NoQuestionsOfOtherSubjects_AsksThoseOfTheSubject()
    {
        KnowledgeEditor editor = KnowledgeEditor.Load(_model, options: new KnowledgeEditorOptions { EarlierEditQuestions = 0 });
        await editor.EditAsync(Birthplace);

        Assert.Equal("0 of 0", (await editor.EditAsync(Mayor)).EarlierEdits.ToString());
        Assert.Equal("1 of 1", (await editor.EditAsync(Occupation)).EarlierEdits.ToString());
    }

    [Fact]
    public async Task EditAsync_FactEditedBefore_IsAskedInTheLocalityPanel()
    {
        KnowledgeEditor editor = KnowledgeEditor.Load(_model, options: new KnowledgeEditorOptions { LocalityQuestions = 10_000 });
        EditRequest founder = new() { Prompt = "Who is the founder of Mesa Systems?", Answer = "Olga Pereira" };
        EditResult first = await editor.EditAsync(founder);

        EditResult second = await editor.EditAsync(Birthplace);

        Assert.Contains("Who founded Mesa Systems?", editor.Card.Locality);
        Assert.Equal((EditStatus.Applied, EditStatus.Applied), (first.Status, second.Status));
        Assert.Equal(editor.Card.Locality.Count, second.Locality.Asked);
        Assert.Empty(second.Locality.Failures);
    }

    [Fact]
    public async Task EditAsync_GivenNeighbourChanges_IsRejectedWhateverTheCardSays()
    {
        KnowledgeEditor editor = KnowledgeEditor.Load(_model, options: new KnowledgeEditorOptions { MinimumLocality = 0 });

        EditResult result = await editor.EditAsync(Birthplace with { Neighbours = ["Tell me where Leona Zeller was born."] });

        Assert.Equal((EditStatus.Rejected, EditCheck.Locality), (result.Status, result.FailedCheck));
        Assert.Equal(new PanelFailure("Tell me where Leona Zeller was born.", "Tamfield", "Belford"), result.Locality.Failures[0]);
        Assert.Contains("a neighbour given with the edit changed", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EditAsync_GivenRephrasingsFail_AreNotOutvotedByTheCard()
    {
        KnowledgeEditor editor = KnowledgeEditor.Load(_model);

        EditResult result = await editor.EditAsync(Birthplace with { Rephrasings = ["Who is the mayor of Elland?", "Hello"] });

        Assert.Equal((EditStatus.Rejected, EditCheck.Generality), (result.Status, result.FailedCheck));
        Assert.True(result.Generality.Score > 0.5);
    }

    [Fact]
    public async Task EditAsync_HalfASurrogatePair_IsRefused()
    {
        KnowledgeEditor editor = KnowledgeEditor.Load(_model);

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => editor.EditAsync(Birthplace with { Answer = "A\ud83d" }));

        Assert.Contains("half a surrogate pair", error.Message, StringComparison.Ordinal);
        Assert.Empty(_model.Versions.Current.Edits);
    }

    [Fact]
    public async Task EditAsync_NoDriftAllowed_IsRejected()
    {
        KnowledgeEditor strict = KnowledgeEditor.Load(_model, options: new KnowledgeEditorOptions { MaximumDrift = 0 });

        EditResult result = await strict.EditAsync(Birthplace);

        Assert.Equal((EditStatus.Rejected, EditCheck.Drift), (result.Status, result.FailedCheck));
    }

    [Fact]
    public async Task EditAsync_TotalDriftUsedUp_IsRejected()
    {
        KnowledgeEditor free = KnowledgeEditor.Load(_model);
        EditResult first = await free.EditAsync(Birthplace);
        await free.RevertAsync(first.Id!);
        KnowledgeEditor limited = KnowledgeEditor.Load(_model, options: new KnowledgeEditorOptions { MaximumTotalDrift = first.TotalDrift * 1.001 });

        EditResult again = await limited.EditAsync(Birthplace);
        EditResult second = await limited.EditAsync(Mayor);

        Assert.Equal(first.Drift, first.TotalDrift);
        Assert.Equal(EditStatus.Applied, again.Status);
        Assert.Equal((EditStatus.Rejected, EditCheck.TotalDrift), (second.Status, second.FailedCheck));
        Assert.True(second.TotalDrift > first.TotalDrift);
        Assert.Contains("from the base model with all edits", second.Reason, StringComparison.Ordinal);
    }

    // What a user of the chat sees, apart from the judge's own way of asking.
    private async Task<string> Chat(string question)
    {
        using LocalChatClient client = new(_model);
        return (await client.GetResponseAsync(question, new ChatOptions { Temperature = 0 })).Text;
    }
}
