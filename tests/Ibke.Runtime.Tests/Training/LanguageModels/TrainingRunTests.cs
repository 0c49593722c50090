using Ibke.Runtime.Chat;
using Ibke.Runtime.Cpu;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;
using Ibke.Runtime.Training.LanguageModels;
using Microsoft.Extensions.AI;

namespace Ibke.Runtime.Tests.Training.LanguageModels;

public sealed class TrainingRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("\"seed\": 1")]
    [InlineData("\"seed\": 1, \"optimizer\": {\"muon_rate\": null, \"adamw_rate\": 0.01, \"adamw_decay\": 0.01, \"clip_norm\": 1, \"fall\": \"cosine\"}")]
    public async Task Run_TinyChats_GivesAModelThatAnswers(string more)
    {
        List<TrainingProgress> reports = [];
        Run(TinyTraining.Write(_folder.Path, 150, more), _folder["model"], reports.Add);

        Assert.Equal([25, 50, 75, 100, 125, 150], reports.Select(report => report.Step));
        Assert.True(reports[0].Loss > 3 * reports[^1].Loss, $"{reports[0].Loss} -> {reports[^1].Loss}");
        Assert.InRange(reports[^1].RightReplies["chats"], .95, 1);
        Assert.NotNull(reports[^1].CopyingLoss);
        Assert.True(reports[^1].TokensPerSecond > 0);
        Assert.Equal(TimeSpan.Zero, reports[^1].TimeLeft);
        Assert.Equal(reports.Select(report => report.Loss), TinyTraining.Losses(_folder["model"]));
        Assert.False(Directory.Exists(Path.Combine(_folder["model"], "checkpoint")));

        using LanguageModel model = LanguageModel.Load(_folder["model"]);
        using LocalChatClient client = new(model);
        foreach ((string question, string answer) in TinyTraining.Facts)
        {
            ChatResponse reply = await client.GetResponseAsync(question, new ChatOptions { Temperature = 0, MaxOutputTokens = 20 });
            Assert.Equal(answer, reply.Text);
        }
    }

    [Fact]
    public void Run_AnyNumberOfThreads_GivesTheSameBytes()
    {
        string recipe = TinyTraining.Write(_folder.Path, 12);
        foreach (int threads in (int[])[1, 2, 5])
        {
            using CpuEngine engine = new(new CpuEngineOptions { Threads = threads });
            TrainingRun.Run(TrainingRecipe.Load(recipe), _folder[$"{threads}"], engine);
        }

        Assert.Equal(TinyTraining.Weights(_folder["1"]), TinyTraining.Weights(_folder["2"]));
        Assert.Equal(TinyTraining.Weights(_folder["1"]), TinyTraining.Weights(_folder["5"]));
    }

    [Fact]
    public void Run_CancelledAgainAndAgain_GivesTheBytesAndLossesOfARunThatWasNot()
    {
        string recipe = TinyTraining.Write(_folder.Path, 60);
        Run(recipe, _folder["whole"]);
        for (int most = 25; most < 60; most += 25)
        {
            using CancellationTokenSource cancellation = new();
            Assert.ThrowsAny<OperationCanceledException>(() =>
                Run(recipe, _folder["parts"], report => cancellation.Cancel(), cancellation.Token));
            Assert.False(ModelFolder.HasWeights(_folder["parts"]));
        }

        Run(recipe, _folder["parts"]);

        Assert.Equal(TinyTraining.Weights(_folder["whole"]), TinyTraining.Weights(_folder["parts"]));
        Assert.Equal(TinyTraining.Losses(_folder["whole"]), TinyTraining.Losses(_folder["parts"]));
    }

    [Fact]
    public void Run_OldCheckpoint_DoesItsStepsAgainWithTheSameResult()
    {
        string recipe = TinyTraining.Write(_folder.Path, 60);
        Run(recipe, _folder["whole"]);
        using CancellationTokenSource cancellation = new();
        string old = _folder["old.safetensors"];
        string state = Path.Combine(_folder["killed"], "checkpoint", "training.safetensors");
        Assert.ThrowsAny<OperationCanceledException>(() => Run(
            recipe,
            _folder["killed"],
            report =>
            {
                // At the report of step 25 the checkpoint is that of step 20.
                if (report.Step == 25)
                {
                    File.Copy(state, old);
                }
                else
                {
                    cancellation.Cancel();
                }
            },
            cancellation.Token));

        // As a process leaves it that was killed while it wrote.
        File.Move(old, state, overwrite: true);
        File.WriteAllText($"{state}.1.tmp", "half");
        File.AppendAllText(Path.Combine(_folder["killed"], "training.jsonl"), "{\"step\": 75, \"los");
        Run(recipe, _folder["killed"]);

        Assert.Equal(TinyTraining.Weights(_folder["whole"]), TinyTraining.Weights(_folder["killed"]));
        Assert.Equal(TinyTraining.Losses(_folder["whole"]), TinyTraining.Losses(_folder["killed"]));
    }

    [Fact]
    public void Run_SeveralPasses_GivesAlmostTheSameWeights()
    {
        Run(TinyTraining.Write(_folder.Path, 5), _folder["one"]);
        Run(TinyTraining.Write(_folder.Path, 5, "\"tokens_per_pass\": 50"), _folder["several"]);

        using LanguageModel one = LanguageModel.Load(_folder["one"]);
        using LanguageModel several = LanguageModel.Load(_folder["several"]);
        foreach ((string name, Ibke.Runtime.Tensors.Tensor tensor) in one.Transformer.Parameters)
        {
            Assert.All(tensor.ToArray().Zip(several.Transformer.Parameters[name].ToArray()), pair => Assert.Equal(pair.First, pair.Second, 5e-3));
        }
    }

    [Fact]
    public void Run_StartFromAModel_TrainsItOn()
    {
        Run(TinyTraining.Write(_folder.Path, 60), _folder["first"]);
        string recipe = _folder["on.json"];
        File.WriteAllText(
            recipe,
            """
            {"start_from": "first", "data": [{"file": "texts.jsonl", "share": 1}], "steps": 10, "tokens_per_step": 200,
             "optimizer": {"muon_rate": 0.002, "adamw_rate": 0.001, "warm_up_steps": 0}}
            """);
        List<TrainingProgress> reports = [];
        Run(recipe, _folder["second"], reports.Add);

        Assert.True(Assert.Single(reports).Loss < 2, $"{reports[0].Loss}");
        using LanguageModel model = LanguageModel.Load(_folder["second"]);
        Assert.NotNull(model.Template);
        Assert.NotEqual(TinyTraining.Weights(_folder["first"]), TinyTraining.Weights(_folder["second"]));
    }

    [Fact]
    public void Run_FinishedFolder_IsRefusedUnlessItsCheckpointIsStillThere()
    {
        string recipe = TinyTraining.Write(_folder.Path, 3);
        Run(recipe, _folder["model"]);
        byte[] weights = TinyTraining.Weights(_folder["model"]);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Run(recipe, _folder["model"]));
        Assert.Contains("holds a model already", error.Message, StringComparison.Ordinal);

        string left = Directory.CreateDirectory(Path.Combine(_folder["model"], "checkpoint")).FullName;
        Run(recipe, _folder["model"]);
        Assert.False(Directory.Exists(left));
        Assert.Equal(weights, TinyTraining.Weights(_folder["model"]));
    }

    [Fact]
    public void Run_OtherRecipeOrDataThanTheCheckpoints_IsRefusedAndLeavesIt()
    {
        string recipe = TinyTraining.Write(_folder.Path, 60);
        using CancellationTokenSource cancellation = new();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Run(recipe, _folder["model"], _ => cancellation.Cancel(), cancellation.Token));
        byte[] state = File.ReadAllBytes(Path.Combine(_folder["model"], "checkpoint", "training.safetensors"));

        TinyTraining.Write(_folder.Path, 60, "\"seed\": 2");
        Assert.Throws<InvalidDataException>(() => Run(recipe, _folder["model"]));
        TinyTraining.Write(_folder.Path, 60);
        File.AppendAllText(_folder["texts.jsonl"], """{"text": "Ida lives in Oslo."}""");
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Run(recipe, _folder["model"]));

        Assert.Contains("another recipe", error.Message, StringComparison.Ordinal);
        Assert.Equal(state, File.ReadAllBytes(Path.Combine(_folder["model"], "checkpoint", "training.safetensors")));
    }

    [Fact]
    public void Run_RatesFarTooHigh_SaysThatTheLossIsNotFinite()
    {
        string recipe = TinyTraining.Write(_folder.Path, 60, "\"optimizer\": {\"muon_rate\": null, \"adamw_rate\": 1e30, \"warm_up_steps\": 0}");

        ArithmeticException error = Assert.Throws<ArithmeticException>(() => Run(recipe, _folder["model"]));

        Assert.Contains("Lower the learning rates", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static void Run(string recipe, string folder, Action<TrainingProgress>? progress = null, CancellationToken cancellation = default) =>
        TrainingRun.Run(TrainingRecipe.Load(recipe), folder, TestEngine.Shared, progress, cancellation);
}
