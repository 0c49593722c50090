namespace Ibke.Cli.Tests.Commands;

public sealed class WorldCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task World_ThenSkills_MeasuresWhatWasWritten()
    {
        CommandRun world = await CommandRun.RunAsync("world", "--out", _folder.Path, "--share", "0.001");
        CommandRun skills = await CommandRun.RunAsync("skills", "--model", CommandRun.Atlas, "--skills", _folder.Path, "--limit", "2", "--json");

        Assert.Equal(ExitCode.Success, world.Code);
        Assert.Contains(world.Lines, line => line.EndsWith("singles.jsonl  200 rows", StringComparison.Ordinal));
        Assert.Equal(ExitCode.Success, skills.Code);
        Assert.Contains("\"skills-facts-trained\"", skills.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task World_OutIsAFile_SaysToNameAnotherFolder()
    {
        string file = _folder.Write("there", "");

        CommandRun run = await CommandRun.RunAsync("world", "--out", file);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains($"The folder {file} cannot be made (--out)", run.Error, StringComparison.Ordinal);
        Assert.Contains("Name another one.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Skills_TagsAndFailures_AreShown()
    {
        string file = _folder.Write(
            "skills-some.jsonl",
            """{"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "No.", "tag": "small"}]}""" + "\n");

        CommandRun run = await CommandRun.RunAsync("skills", "--model", CommandRun.Atlas, "--skills", file, "--tags", "--failures", "1");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains(run.Lines, line => line.Trim().StartsWith("small", StringComparison.Ordinal));
        Assert.Contains(run.Lines, line => line.Contains("wanted No.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Skills_FolderWithoutFiles_SaysHowToMakeThem()
    {
        CommandRun run = await CommandRun.RunAsync("skills", "--model", CommandRun.Atlas, "--skills", _folder.Path);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("ibke world", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task World_ShareOutOfRange_IsRefused()
    {
        CommandRun run = await CommandRun.RunAsync("world", "--out", _folder.Path, "--share", "2");

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("--share", run.Error, StringComparison.Ordinal);
    }
}
