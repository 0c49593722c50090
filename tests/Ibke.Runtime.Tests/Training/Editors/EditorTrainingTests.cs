using System.Runtime.InteropServices;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Tensors;
using Ibke.Runtime.Training.Editors;

namespace Ibke.Runtime.Tests.Training.Editors;

[Collection(nameof(TinyKnowledge))]
public sealed class EditorTrainingTests(TinyKnowledge knowledge) : IDisposable
{
    private static readonly EditorTrainingOptions _quick = new()
    {
        LatentSize = 16, NetworkSize = 48, Steps = 150, Group = 8, WarmUpSteps = 5, LearningRate = 2e-3, ValidationInterval = 0, CheckpointInterval = 1000,
        KeptConversations = 2, ValidationEdits = 6, Weights = new EditorLossWeights(Locality: 2),
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(NeuronForm.Sparse, 2e-3)]
    [InlineData(NeuronForm.Linear, 1e-3)]
    [InlineData(NeuronForm.Recall, 2e-3)]
    public async Task Run_TinyModel_GivesAnEditorThatRandomWeightsDoNotReach(NeuronForm form, double rate)
    {
        List<EditorTrainingProgress> reports = [];
        EditorScores trained = Assert.Single(Run("trained", _quick with { Form = form, LearningRate = rate }, reports.Add));
        EditorScores random = Score(Shuffled(_folder["trained"]));

        Assert.True(Lowest(trained) >= 0.5, $"{trained}");
        Assert.True(Lowest(trained) > Lowest(random) + 0.1, $"{trained} against {random}");
        EditorLosses first = reports.First(report => report.Losses is not null).Losses!, last = reports[^1].Losses!;
        Assert.True(last.Total(_quick.Weights) < first.Total(_quick.Weights), $"{first} -> {last}");
        Assert.NotNull(last.KeptConversations);
        Assert.Equal(trained.Reliability, Score(_folder["trained"]).Reliability);

        KnowledgeEditor editor = KnowledgeEditor.Load(knowledge.Model, _folder["trained"], new KnowledgeEditorOptions { MinimumGenerality = 0, MinimumLocality = 0 });
        string answer = TinyKnowledge.HeldOut[0].Answer;
        EditResult result = await editor.EditAsync(TinyKnowledge.HeldOut[0].ToRequest());
        Assert.Equal((EditStatus.Applied, answer), (result.Status, result.AnswerAfter));

        // Recall leaves the first third of the layers alone.
        IReadOnlyList<bool> edited = [.. knowledge.Model.Versions.Current.Edits[0].Layers.Select(block => block is not null)];
        Assert.Equal([form != NeuronForm.Recall, true, true], edited);
        await editor.RevertAsync(result.Id!);
    }

    [Theory]
    [InlineData(NeuronForm.Sparse, 20)]
    [InlineData(NeuronForm.Linear, 0)]
    [InlineData(NeuronForm.Recall, 20)]
    public void Run_EndedAndGoneOnWith_GivesTheSameLossesAndBytes(NeuronForm form, int background)
    {
        EditorTrainingOptions options = _quick with { Form = form, Background = background, Steps = 30, SecondRounds = 0.5 };
        List<EditorTrainingProgress> whole = [], parts = [];
        Run("whole", options, whole.Add);
        using CancellationTokenSource cancellation = new();
        Assert.ThrowsAny<OperationCanceledException>(() => Run(
            "parts",
            options,
            report =>
            {
                if (report.Step > 0)
                {
                    parts.Add(report);
                    cancellation.Cancel();
                }
            },
            cancellation.Token));
        Assert.False(File.Exists(Path.Combine(_folder["parts"], "editor.json")));

        Run("parts", options, parts.Add);

        Assert.Equal(whole.Where(report => report.Step > 0).Select(report => report.Losses), parts.Select(report => report.Losses));
        Assert.Equal(Bytes("whole"), Bytes("parts"));
        Assert.False(File.Exists(Path.Combine(_folder["parts"], "training.safetensors")));
    }

    [Fact]
    public void Run_CheckpointOfOtherOptions_IsRefusedAndStays()
    {
        using CancellationTokenSource cancellation = new();
        cancellation.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => Run("editor", _quick, null, cancellation.Token));
        byte[] before = File.ReadAllBytes(Path.Combine(_folder["editor"], "training.safetensors"));

        InvalidDataException thrown = Assert.Throws<InvalidDataException>(() => Run("editor", _quick with { Seed = 5 }));

        Assert.Contains("other options", thrown.Message);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(_folder["editor"], "training.safetensors")));
    }

    [Fact]
    public void Run_Finished_WritesACardWithModelDataAndScores()
    {
        EditorScores scores = Assert.Single(Run("editor", _quick with { Steps = 2 }));

        string card = File.ReadAllText(Path.Combine(_folder["editor"], "EDITOR.md"));
        Assert.Contains(knowledge.Model.ContentHash, card);
        Assert.Contains("people (48 edits)", card);
        Assert.Contains($"| {scores.Edits} | ", card);
        Assert.Equal(knowledge.Model.ContentHash, EditorSettings.Load(_folder["editor"]).ModelHash);
    }

    [Theory]
    [InlineData(nameof(EditorTrainingOptions.Group))]
    [InlineData(nameof(EditorTrainingOptions.Statements))]
    [InlineData(nameof(EditorTrainingOptions.LearningRate))]
    [InlineData(nameof(EditorTrainingOptions.Background))]
    public void Run_OptionOutOfRange_NamesIt(string name)
    {
        EditorTrainingOptions options = name switch
        {
            nameof(EditorTrainingOptions.Group) => _quick with { Group = 0 },
            nameof(EditorTrainingOptions.Statements) => _quick with { Statements = 1.5 },
            nameof(EditorTrainingOptions.LearningRate) => _quick with { LearningRate = double.NaN },
            _ => _quick with { Background = -1 },
        };

        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => Run("editor", options)).ParamName);
        Assert.False(Directory.Exists(_folder["editor"]));
    }

    [Fact]
    public void Split_Share_KeepsWholeSubjectsApart()
    {
        EditorTrainingData data = EditorTrainingData.Split("all", TinyKnowledge.Training, 0.25);

        Assert.Equal(12, data.Validation.Count);
        Assert.Equal(TinyKnowledge.Training.Count, data.Training.Count + data.Validation.Count);
        Assert.Empty(data.Training.Select(edit => edit.Subject).Intersect(data.Validation.Select(edit => edit.Subject)));
    }

    private IReadOnlyList<EditorScores> Run(
        string folder, EditorTrainingOptions options, Action<EditorTrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        EditorTrainingData data = new() { Name = "people", Training = TinyKnowledge.Training, Validation = TinyKnowledge.HeldOut };
        return EditorTraining.Run(knowledge.Model, data, _folder[folder], options, progress, cancellation);
    }

    private static double Lowest(EditorScores scores) => Math.Min(scores.Reliability, Math.Min(scores.Generality!.Value, scores.Locality!.Value));

    private byte[] Bytes(string folder) => File.ReadAllBytes(Path.Combine(_folder[folder], "editor.safetensors"));

    private EditorScores Score(string folder)
    {
        (EditComputation computation, UpdateForm form) = EditComputation.Load(knowledge.Model, folder);
        CaseEncoder encoder = new(knowledge.Model, form.Form);
        return new EditorValidation(knowledge.Model, encoder, new BaseReplies(knowledge.Model, encoder))
            .Score(computation, form, [.. TinyKnowledge.HeldOut.Take(_quick.ValidationEdits)], CancellationToken.None);
    }

    // The same editor with random weights of the same size in every trained matrix.
    private string Shuffled(string folder)
    {
        string copy = _folder["random"];
        Directory.CreateDirectory(copy);
        File.Copy(Path.Combine(folder, "editor.json"), Path.Combine(copy, "editor.json"));
        Random random = new(1);
        SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "editor.safetensors"));
        SafetensorsWriter.Write(Path.Combine(copy, "editor.safetensors"), file.Tensors.Values.Select(tensor =>
        {
            byte[] bytes = tensor.Bytes.ToArray();
            if (tensor.Name.EndsWith(".weight", StringComparison.Ordinal))
            {
                random.Shuffle(MemoryMarshal.Cast<byte, float>(bytes.AsSpan()));
            }

            return tensor with { Bytes = bytes };
        }));
        return copy;
    }
}
