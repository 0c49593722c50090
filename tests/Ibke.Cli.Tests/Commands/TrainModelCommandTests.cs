using System.Diagnostics;
using Ibke.Runtime.Tests.Training.LanguageModels;

namespace Ibke.Cli.Tests.Commands;

public sealed class TrainModelCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task TrainModel_Recipe_WritesAModelAndReportsProgress()
    {
        string recipe = TinyTraining.Write(_folder.Path, 30);

        CommandRun run = await CommandRun.RunAsync("train-model", "--recipe", recipe, "--out", Path.Combine(_folder.Path, "model"), "--threads", "1");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Equal([Path.Combine(_folder.Path, "model")], run.Lines);
        Assert.Contains("step 25/30  loss ", run.Error, StringComparison.Ordinal);
        Assert.Contains("tokens/s", run.Error, StringComparison.Ordinal);
        CommandRun inspected = await CommandRun.RunAsync("inspect", Path.Combine(_folder.Path, "model"));
        Assert.Equal(ExitCode.Success, inspected.Code);
    }

    [Fact]
    public async Task TrainModel_BadRecipeOrData_SaysWhatAndWhere()
    {
        CommandRun none = await CommandRun.RunAsync("train-model", "--recipe", Path.Combine(_folder.Path, "none.json"), "--out", Path.Combine(_folder.Path, "model"));
        string recipe = TinyTraining.Write(_folder.Path, 30);
        File.AppendAllText(Path.Combine(_folder.Path, "chats.jsonl"), "{\"messages\": []}\n");
        CommandRun data = await CommandRun.RunAsync("train-model", "--recipe", recipe, "--out", Path.Combine(_folder.Path, "model"));

        Assert.Equal(ExitCode.Usage, none.Code);
        Assert.Contains("no such recipe", none.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, data.Code);
        Assert.Contains("chats.jsonl, line 17", data.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrainModel_ProcessKilledAtAnyMoment_GoesOnToTheSameBytes()
    {
        string recipe = TinyTraining.Write(_folder.Path, 80, "\"checkpoint_every\": 2");
        CommandRun whole = await CommandRun.RunAsync("train-model", "--recipe", recipe, "--out", Path.Combine(_folder.Path, "whole"), "--threads", "1");
        Assert.Equal(ExitCode.Success, whole.Code);
        string state = Path.Combine(Path.Combine(_folder.Path, "killed"), "checkpoint", "training.safetensors");
        Random random = new(1);
        int killed = 0;

        for (int i = 0; i < 3; i++)
        {
            DateTime before = File.GetLastWriteTimeUtc(state);
            using Process process = Start(recipe);
            while (!process.HasExited && File.GetLastWriteTimeUtc(state) == before)
            {
                await Task.Delay(2);
            }

            // Somewhere in a step, or in the writing of a checkpoint, which is as long as one.
            await Task.Delay(random.Next(30));
            process.Kill();
            await process.WaitForExitAsync();
            killed += process.ExitCode == 0 ? 0 : 1;
        }

        using Process last = Start(recipe);
        await last.WaitForExitAsync();

        Assert.True(killed > 0);
        Assert.Equal(ExitCode.Success, last.ExitCode);
        Assert.Equal(TinyTraining.Losses(Path.Combine(_folder.Path, "whole")), TinyTraining.Losses(Path.Combine(_folder.Path, "killed")));
        Assert.Equal(TinyTraining.Weights(Path.Combine(_folder.Path, "whole")), TinyTraining.Weights(Path.Combine(_folder.Path, "killed")));
        Assert.False(Directory.Exists(Path.GetDirectoryName(state)));
    }

    public void Dispose() => _folder.Dispose();

    private Process Start(string recipe) => Process.Start(new ProcessStartInfo("dotnet")
    {
        ArgumentList = { Path.Combine(AppContext.BaseDirectory, "ibke.dll"), "train-model", "--recipe", recipe, "--out", Path.Combine(_folder.Path, "killed"), "--threads", "1" },
    })!;
}
