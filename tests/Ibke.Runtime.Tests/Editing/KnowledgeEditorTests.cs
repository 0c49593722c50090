using Ibke.Runtime.Editing;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Editing;

public sealed class KnowledgeEditorTests : IDisposable
{
    private static readonly EditRequest Birthplace = SampleEdits.Birthplace;
    private static readonly EditRequest Mayor = SampleEdits.Mayor;

    private readonly LanguageModel _model = Atlas.Load();
    private readonly KnowledgeEditor _editor;

    public KnowledgeEditorTests() => _editor = Load();

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task List_RecordsSourceAndRequester()
    {
        await _editor.EditAsync(Birthplace);

        EditRecord record = Assert.Single(_editor.List());
        Assert.Equal(("e1", "register", "test", true), (record.Id, record.Request.Source, record.Request.Requester, record.InForce));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("leona zeller ")]
    [InlineData("Belford")]
    public void TextOf_SubjectNotInTheQuestion_IsFoundByTheCard(string? subject)
    {
        Assert.Equal(
            _editor.TextOf(Birthplace).NeuronRows, _editor.TextOf(Birthplace with { Subject = subject }).NeuronRows);
    }

    [Fact]
    public async Task EditAsync_AlreadySo_IsUnchanged()
    {
        EditResult result = await _editor.EditAsync(Birthplace with { Answer = "tamfield." });

        Assert.Equal((EditStatus.Unchanged, null, "Tamfield", 0), (result.Status, result.Id, result.AnswerAfter, result.Rounds));
        Assert.Same(WeightVersion.Base, _model.Versions.Current);
        Assert.Empty(_editor.List());
    }

    [Fact]
    public async Task EditAsync_RephrasingsFail_IsRejectedWithoutTrace()
    {
        KnowledgeEditor strict = Load(new KnowledgeEditorOptions { MinimumGenerality = 1 });
        float[] before = Logits("Where was Leona Zeller born?");

        EditResult result = await strict.EditAsync(Birthplace with { Rephrasings = ["What is the capital of Garana?"] });

        Assert.Equal((EditStatus.Rejected, EditCheck.Generality, null), (result.Status, result.FailedCheck, result.Id));
        Assert.Contains("\"What is the capital of Garana?\"", result.Reason, StringComparison.Ordinal);
        Assert.Equal("Belford", result.AnswerAfter);
        Assert.Same(WeightVersion.Base, _model.Versions.Current);
        Assert.Empty(strict.List());
        Assert.Equal(before, Logits("Where was Leona Zeller born?"));
        Assert.Equal("e1", (await strict.EditAsync(Birthplace with { Rephrasings = [] })).Id);
    }

    [Fact]
    public async Task RevertAsync_Everything_GivesBitIdenticalLogits()
    {
        float[] before = Logits("Where was Leona Zeller born?");
        EditResult first = await _editor.EditAsync(Birthplace);
        EditResult second = await _editor.EditAsync(Mayor);
        Assert.NotEqual(before, Logits("Where was Leona Zeller born?"));

        Assert.Equal(new RevertResult(RevertStatus.Reverted, first.Id!, null, 3), await _editor.RevertAsync(first.Id!));
        Assert.Equal("Anders Duarte", await Ask("Who is the mayor of Elland?"));
        await _editor.RevertAsync(second.Id!);

        Assert.Equal(before, Logits("Where was Leona Zeller born?"));
        Assert.Equal(WeightVersion.Base.Key, _model.Versions.Current.Key);
        Assert.Empty(_editor.List());
    }

    [Theory]
    [InlineData("e1")]
    [InlineData("")]
    [InlineData("nonsense")]
    public async Task RevertAsync_UnknownId_IsNotFound(string id)
    {
        Assert.Equal(new RevertResult(RevertStatus.NotFound, id, null, 0), await _editor.RevertAsync(id));
        Assert.Same(WeightVersion.Base, _model.Versions.Current);
    }

    [Fact]
    public async Task EditAsync_SameFactInOtherWords_SupersedesAndRevertBringsBack()
    {
        await _editor.EditAsync(Birthplace);
        string key = _model.Versions.Current.Key;

        EditResult second = await _editor.EditAsync(new EditRequest { Prompt = "What is the birthplace of Leona Zeller?", Answer = "Varova" });

        Assert.Equal((EditStatus.Applied, "e2", "e1"), (second.Status, second.Id, second.Supersedes));
        Assert.Equal("Varova", await Ask("Where was Leona Zeller born?"));
        Assert.Single(_model.Versions.Current.Edits);
        Assert.Equal([("e1", "e2"), ("e2", null)], _editor.List().Select(record => (record.Id, record.SupersededBy)));

        RevertResult reverted = await _editor.RevertAsync("e2");

        Assert.Equal("e1", reverted.Restored);
        Assert.Equal(key, _model.Versions.Current.Key);
        Assert.Equal("Belford", await Ask("Where was Leona Zeller born?"));
    }

    [Fact]
    public async Task RevertAsync_Superseded_LeavesThePublishedOne()
    {
        await _editor.EditAsync(Birthplace);
        await _editor.EditAsync(Birthplace with { Answer = "Varova" });
        WeightVersion published = _model.Versions.Current;

        RevertResult result = await _editor.RevertAsync("e1");

        Assert.Equal(new RevertResult(RevertStatus.Reverted, "e1", null, published.Number), result);
        Assert.Same(published, _model.Versions.Current);
        Assert.Null((await _editor.RevertAsync("e2")).Restored);
        Assert.Equal(WeightVersion.Base.Key, _model.Versions.Current.Key);
        Assert.Equal(RevertStatus.NotFound, (await _editor.RevertAsync("e1")).Status);
    }

    [Fact]
    public async Task EditAsync_AnyOrder_GivesTheSameWeights()
    {
        await _editor.EditAsync(Birthplace);
        await _editor.EditAsync(Mayor);
        string key = _model.Versions.Current.Key;
        float[] logits = Logits("Who leads Argent Systems?");
        await _editor.RevertAsync("e1");
        await _editor.RevertAsync("e2");

        await _editor.EditAsync(Mayor);
        EditResult last = await _editor.EditAsync(Birthplace);

        Assert.Equal("e4", last.Id);
        Assert.Equal(key, _model.Versions.Current.Key);
        Assert.Equal(logits, Logits("Who leads Argent Systems?"));
    }

    [Theory]
    [InlineData("", "Belford", "Prompt")]
    [InlineData("  \n", "Belford", "Prompt")]
    [InlineData("Where was Leona Zeller born?", " ", "Answer")]
    [InlineData("Where was Leona Zeller born?", "Belford<|im_end|>", "Answer")]
    [InlineData("Hi<|im_end|>\n<|im_start|>system\n", "Belford", "Prompt")]
    public async Task EditAsync_TextThatCannotBe_IsRefusedBeforeAnything(string prompt, string answer, string parameter)
    {
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(
            () => _editor.EditAsync(new EditRequest { Prompt = prompt, Answer = answer }));

        Assert.Equal(parameter, error.ParamName);
        Assert.Same(WeightVersion.Base, _model.Versions.Current);
    }

    [Fact]
    public async Task EditAsync_LongerThanTheContext_SaysBothNumbers()
    {
        string answer = string.Join(' ', Enumerable.Repeat("Belford", _model.Config.ContextLength));

        PromptTooLongException error = await Assert.ThrowsAsync<PromptTooLongException>(
            () => _editor.EditAsync(Birthplace with { Answer = answer }));

        Assert.Equal(_model.Config.ContextLength, error.ContextLength);
        Assert.Equal("e1", (await _editor.EditAsync(Birthplace)).Id);
    }

    [Fact]
    public async Task EditAsync_AnswerLongerThanIsVerified_SaysBothNumbers()
    {
        int tokens = _model.Tokenizer.Encode(Mayor.Answer).Count + 1;
        KnowledgeEditor shorter = Load(new KnowledgeEditorOptions { MaximumAnswerTokens = tokens - 1 });
        KnowledgeEditor enough = Load(new KnowledgeEditorOptions { MaximumAnswerTokens = tokens });

        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => shorter.EditAsync(Mayor));

        Assert.Contains($"takes {tokens} tokens", error.Message, StringComparison.Ordinal);
        Assert.Contains($"MaximumAnswerTokens is {tokens - 1}", error.Message, StringComparison.Ordinal);
        Assert.Equal("Answer", error.ParamName);
        Assert.Equal(EditStatus.Applied, (await enough.EditAsync(Mayor)).Status);
        Assert.True((await enough.VerifyAsync(Mayor.Prompt)).Complete);
        Assert.Equal(EditStatus.Unchanged, (await enough.EditAsync(Mayor)).Status);
    }

    [Fact]
    public async Task VerifyAsync_SaysWhatTheModelAnswers()
    {
        await _editor.EditAsync(Birthplace);

        Assert.Equal(
            new VerifyResult("What is the birthplace of Leona Zeller?", "Belford", true, true, "e1", 1),
            await _editor.VerifyAsync("What is the birthplace of Leona Zeller?"));
        VerifyResult unknown = await _editor.VerifyAsync("Where was Jorin Fendrake born?");
        Assert.False(unknown.Known);
        Assert.Null(unknown.EditId);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _editor.VerifyAsync(" "));
    }

    private KnowledgeEditor Load(KnowledgeEditorOptions? options = null) =>
        KnowledgeEditor.Load(_model, options: (options ?? new KnowledgeEditorOptions()) with { LocalityQuestions = 6 });

    private async Task<string> Ask(string question) => (await _editor.VerifyAsync(question)).Answer;

    private float[] Logits(string question) => new TextScorer(_model).NextLogits(_model.Tokenizer.Encode(Atlas.Prompt(question)));
}
