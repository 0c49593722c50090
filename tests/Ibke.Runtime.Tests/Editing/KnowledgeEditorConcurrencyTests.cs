using Ibke.Runtime.Cpu;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Generation;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Tests.Models;
using Moq;

namespace Ibke.Runtime.Tests.Editing;

/// <summary>Edits that are cancelled, that meet other edits, or that meet a generation.</summary>
public sealed class KnowledgeEditorConcurrencyTests : IDisposable
{
    private static readonly EditRequest Birthplace = SampleEdits.Birthplace;
    private static readonly EditRequest Mayor = SampleEdits.Mayor;

    private readonly LanguageModel _model = Atlas.Load();
    private readonly KnowledgeEditor _editor;

    public KnowledgeEditorConcurrencyTests() => _editor = Load();

    public void Dispose() => _model.Dispose();

    // The clock is read when an edit is asked for, before and after computing, before and after judging.
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task EditAsync_CancelledMidway_PublishesNothing(int clockCall)
    {
        using CancellationTokenSource source = new();
        KnowledgeEditor editor = Load(new KnowledgeEditorOptions { Clock = CancelAt(clockCall, source) });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => editor.EditAsync(Birthplace, source.Token));

        Assert.Same(WeightVersion.Base, _model.Versions.Current);
        Assert.Empty(editor.List());
        Assert.Equal("e1", (await editor.EditAsync(Birthplace)).Id);
    }

    [Fact]
    public async Task EditAsync_CancelledWhileWaiting_DoesNotDisturbTheOneBefore()
    {
        using CancellationTokenSource source = new();
        Task<EditResult> first = _editor.EditAsync(Birthplace);
        Task<EditResult> second = _editor.EditAsync(Mayor, source.Token);
        source.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal("e1", (await first).Id);
        Assert.Single(_editor.List());
    }

    [Fact]
    public async Task EditAsync_TwoAtOnce_BothAreInForce()
    {
        EditResult[] results = await Task.WhenAll(_editor.EditAsync(Birthplace), _editor.EditAsync(Mayor));

        Assert.Equal(["e1", "e2"], results.Select(result => result.Id).Order());
        Assert.Equal([1L, 2L], results.Select(result => result.WeightVersion).Order());
        Assert.Equal(2, _model.Versions.Current.Edits.Count);
        Assert.Equal("Belford", await Ask(Birthplace.Prompt));
        Assert.Equal("Anders Duarte", await Ask(Mayor.Prompt));
    }

    [Fact]
    public async Task EditAsync_DuringGeneration_DoesNotDisturbIt()
    {
        using TextGenerator generator = new(_model);
        IReadOnlyList<int> prompt = _model.Tokenizer.Encode(Atlas.Prompt(Birthplace.Prompt));
        using IEnumerator<GenerationStep> running = generator.Generate(prompt, new GenerationOptions()).GetEnumerator();
        Assert.True(running.MoveNext());
        string text = running.Current.Text;

        await _editor.EditAsync(Birthplace);
        while (running.MoveNext())
        {
            text += running.Current.Text;
        }

        Assert.Equal("Tamfield", text);
        Assert.Equal("Belford", generator.Complete(prompt, new GenerationOptions()).Text);
    }

    [Fact]
    public async Task EditAsync_SomebodyElsePublished_IsRefused()
    {
        ComputedEdit other = _editor.Compute(Mayor);
        _model.Versions.Publish([other.Alone]);

        await Assert.ThrowsAsync<InvalidOperationException>(() => _editor.EditAsync(Birthplace));
        Assert.Throws<InvalidOperationException>(() => KnowledgeEditor.Load(_model));
    }

    [Fact]
    public async Task EditAsync_AnotherEditorPublishesWhileItIsJudged_IsRefusedAndTheOtherStays()
    {
        KnowledgeEditor other = Load();
        KnowledgeEditor editor = Load(new KnowledgeEditorOptions
        {
            Clock = ActAt(5, () => Assert.Equal("e1", other.EditAsync(Mayor).GetAwaiter().GetResult().Id)),
        });

        await Assert.ThrowsAsync<InvalidOperationException>(() => editor.EditAsync(Birthplace));

        Assert.Empty(editor.List());
        Assert.Single(other.List());
        Assert.Equal("Anders Duarte", await Ask(Mayor.Prompt));
        Assert.Equal("Tamfield", await Ask(Birthplace.Prompt));
    }

    // Recalled neurons of an edit stay as they are beside others; linear ones are solved anew for all edits in force.
    [Theory]
    [InlineData(NeuronForm.Recall)]
    [InlineData(NeuronForm.Linear)]
    public async Task EditAsync_RejectedOrCancelled_ReturnsItsMemory(NeuronForm form)
    {
        using CpuEngine engine = new();
        using LanguageModel model = LanguageModel.Load(Atlas.Folder, new LanguageModelOptions { Engine = engine });
        using EditorFolder folder = new();
        if (form == NeuronForm.Linear)
        {
            folder.MakeLinear(model, ridge: 3);
        }

        using CancellationTokenSource source = new();
        KnowledgeEditor editor = KnowledgeEditor.Load(model, folder.Path, new KnowledgeEditorOptions
        {
            MinimumReliability = 0, MinimumLocality = 0, MinimumGenerality = 1, MaximumDrift = double.PositiveInfinity,
            MaximumTotalDrift = double.PositiveInfinity, MinimumCanaries = 0, GeneralityQuestions = 0,
            LocalityQuestions = 2, Clock = CancelAt(6 + 6 + 6 + 4, source),
        });
        EditRequest unfit = Birthplace with { Rephrasings = ["What is the capital of Garana?"] };
        Assert.Equal(EditStatus.Applied, (await editor.EditAsync(Mayor)).Status);
        Assert.Equal(EditStatus.Rejected, (await editor.EditAsync(unfit)).Status);
        long used = UsedBytes();

        Assert.Equal(EditStatus.Rejected, (await editor.EditAsync(unfit)).Status);
        Assert.Equal(used, UsedBytes());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => editor.EditAsync(unfit, source.Token));
        Assert.Equal(used, UsedBytes());
        Assert.Single(model.Versions.Current.Edits);

        // What was arranged of the neurons of a version goes with the version, by the garbage collector.
        long UsedBytes()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return engine.Memory.UsedBytes;
        }
    }

    // A clock that cancels when it is read for the n-th time.
    private static TimeProvider CancelAt(int call, CancellationTokenSource source) => ActAt(call, source.Cancel);

    private static TimeProvider ActAt(int call, Action action)
    {
        int calls = 0;
        Mock<TimeProvider> clock = new() { CallBase = true };
        clock.Setup(c => c.GetTimestamp()).Returns(() =>
        {
            if (++calls == call)
            {
                action();
            }

            return calls;
        });
        return clock.Object;
    }

    private KnowledgeEditor Load(KnowledgeEditorOptions? options = null) =>
        KnowledgeEditor.Load(_model, options: (options ?? new KnowledgeEditorOptions()) with { LocalityQuestions = 6 });

    private async Task<string> Ask(string question) => (await _editor.VerifyAsync(question)).Answer;
}
