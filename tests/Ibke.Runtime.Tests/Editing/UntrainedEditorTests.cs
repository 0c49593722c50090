using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Editing;

/// <summary>A model for which no editor was trained.</summary>
public sealed class UntrainedEditorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LanguageModel _model;

    public UntrainedEditorTests()
    {
        foreach (string file in Directory.GetFiles(Atlas.Folder).Where(file => !Path.GetFileName(file).StartsWith("editor.", StringComparison.Ordinal)))
        {
            File.Copy(file, _folder[Path.GetFileName(file)]);
        }

        _model = LanguageModel.Load(_folder.Path, new LanguageModelOptions { Engine = TestEngine.Shared });
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task EditAsync_TwoEdits_HoldTogetherAndAreTakenBack()
    {
        KnowledgeEditor editor = KnowledgeEditor.Load(_model, options: new KnowledgeEditorOptions
        {
            MinimumGenerality = 0, MinimumLocality = 0, MaximumDrift = 1, LocalityQuestions = 4, GeneralityQuestions = 2,
        });

        EditResult first = await editor.EditAsync(SampleEdits.Birthplace);
        string key = _model.Versions.Current.Key;
        EditResult second = await editor.EditAsync(SampleEdits.Mayor);

        Assert.False(editor.IsTrained);
        Assert.Equal("ft-m", editor.Method);
        Assert.Equal(EditStatus.Applied, first.Status);
        Assert.Equal(EditStatus.Applied, second.Status);
        Assert.Equal(SampleEdits.Birthplace.Answer, (await editor.VerifyAsync(SampleEdits.Birthplace.Prompt)).Answer);
        Assert.Equal(SampleEdits.Mayor.Answer, (await editor.VerifyAsync(SampleEdits.Mayor.Prompt)).Answer);
        Assert.Single(_model.Versions.Current.Edits);
        await editor.RevertAsync(second.Id!);
        Assert.Equal(key, _model.Versions.Current.Key);
        await editor.RevertAsync(first.Id!);
        Assert.Equal(WeightVersion.Base.Key, _model.Versions.Current.Key);
    }

    [Fact]
    public async Task EditAsync_Cancelled_LeavesNoTrace()
    {
        KnowledgeEditor editor = KnowledgeEditor.Load(_model);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => editor.EditAsync(SampleEdits.Birthplace, new CancellationToken(canceled: true)));

        Assert.Empty(editor.List());
        Assert.Equal(WeightVersion.Base.Key, _model.Versions.Current.Key);
    }

    [Fact]
    public void Load_ModelWithAnEditor_IsTrained()
    {
        KnowledgeEditor editor = KnowledgeEditor.Load(Atlas.Shared);

        Assert.True(editor.IsTrained);
        Assert.Equal("ibke", editor.Method);
    }
}
