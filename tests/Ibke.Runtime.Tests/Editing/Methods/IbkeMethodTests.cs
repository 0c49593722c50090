using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Editing.Methods;

public sealed class IbkeMethodTests
{
    private static readonly LanguageModel Model = Atlas.Shared;

    private readonly IbkeMethod _method = IbkeMethod.Load(Model);

    [Fact]
    public void Apply_TwoEdits_AnswersBothAndPublishesNothing()
    {
        using EditsInForce edits = _method.Apply([SampleEdits.Birthplace, SampleEdits.Mayor]);

        Assert.Equal("ibke", _method.Name);
        Assert.Equal(SampleEdits.Birthplace.Answer, Answer(edits.Version, SampleEdits.Birthplace.Prompt));
        Assert.Equal(SampleEdits.Mayor.Answer, Answer(edits.Version, SampleEdits.Mayor.Prompt));
        Assert.Equal("", edits.Context(SampleEdits.Mayor.Prompt));
        Assert.Equal(edits.Version.Edits.Sum(edit => edit.Bytes), edits.Bytes);
        Assert.True(edits.Elapsed > TimeSpan.Zero);
        Assert.Equal(WeightVersion.Base.Key, Model.Versions.Current.Key);
    }

    [Fact]
    public void Apply_OtherOrder_IsTheSameVersion()
    {
        using EditsInForce one = _method.Apply([SampleEdits.Birthplace, SampleEdits.Mayor]);
        using EditsInForce other = _method.Apply([SampleEdits.Mayor, SampleEdits.Birthplace]);

        Assert.Equal(one.Version.Key, other.Version.Key);
    }

    [Fact]
    public void Apply_OneEdit_IsWhatTheKnowledgeEditorComputes()
    {
        ComputedEdit expected = KnowledgeEditor.Load(Model).Compute(SampleEdits.Birthplace);

        using EditsInForce edits = _method.Apply([SampleEdits.Birthplace]);

        Assert.Equal(expected.Alone.Id, Assert.Single(edits.Version.Edits).Id);
    }

    [Fact]
    public void Apply_NoEdit_IsTheUneditedModel()
    {
        using EditsInForce edits = _method.Apply([]);

        Assert.Equal(WeightVersion.Base.Key, edits.Version.Key);
        Assert.Equal(0, edits.Bytes);
    }

    [Fact]
    public void Apply_LinearForm_KeepsOnlyTheJointSolution()
    {
        using EditorFolder folder = new();
        folder.MakeLinear(Model, ridge: 3);
        IbkeMethod method = IbkeMethod.Load(Model, folder.Path);

        using EditsInForce edits = method.Apply([SampleEdits.Birthplace, SampleEdits.Mayor]);

        Assert.Equal("ibke-linear", method.Name);
        Assert.Equal(2, edits.Version.Edits.Count);
    }

    [Fact]
    public void Apply_Cancelled_Throws() => Assert.Throws<OperationCanceledException>(
        () => _method.Apply([SampleEdits.Birthplace], new CancellationToken(canceled: true)));

    [Fact]
    public void Apply_EmptyAnswer_SaysWhich()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => _method.Apply([SampleEdits.Birthplace, SampleEdits.Mayor with { Answer = " " }]));

        Assert.Contains("Answer", error.Message, StringComparison.Ordinal);
    }

    private static string Answer(WeightVersion version, string question) =>
        new GreedyAnswers(Model, new QuestionPrompt(Model), 48).Answer(version, question, default).Text;
}
