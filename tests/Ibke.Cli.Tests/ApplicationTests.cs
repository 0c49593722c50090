namespace Ibke.Cli.Tests;

public sealed class ApplicationTests
{
    [Theory]
    [InlineData("chat")]
    [InlineData("generate")]
    [InlineData("edit")]
    [InlineData("verify")]
    [InlineData("inspect")]
    [InlineData("bench")]
    [InlineData("tokenize")]
    [InlineData("render")]
    public async Task Help_OfEachCommand_TeachesByExampleAndNamesExitCodes(string command)
    {
        CommandRun run = await CommandRun.RunAsync(command, "--help");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains("Examples:", run.Out, StringComparison.Ordinal);
        Assert.Contains($"ibke {command} ", run.Out, StringComparison.Ordinal);
        Assert.Contains("--json", run.Out, StringComparison.Ordinal);
        Assert.Contains("Exit codes: 0", run.Out, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Help_OfTheRoot_ListsAllCommands()
    {
        CommandRun run = await CommandRun.RunAsync("--help");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.All(["chat", "generate", "edit", "verify", "inspect", "bench", "tokenize", "render"], name => Assert.Contains($"  {name} ", run.Out, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_WithoutArguments_ShowsHelpAsUsageError()
    {
        CommandRun run = await CommandRun.RunAsync();

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("Commands:", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Theory]
    [InlineData("'frobnicate'", "frobnicate")]
    [InlineData("'--bogus'", "chat", "--bogus")]
    [InlineData("--temperature is 'warm'", "generate", "--temperature", "warm")]
    [InlineData("--temperature is '-1'", "chat", "--temperature", "-1")]
    [InlineData("--top-p is '1.5'", "generate", "--top-p", "1.5")]
    [InlineData("--max-tokens is '0'", "generate", "--max-tokens", "0")]
    [InlineData("--threads is '0'", "bench", "--threads", "0")]
    [InlineData("'4bit'", "generate", "--weights", "4bit")]
    [InlineData("--stop must not be empty", "generate", "--stop", "")]
    [InlineData("--facts", "verify")]
    [InlineData("both --question and --answer", "edit", "--question", "Who?")]
    [InlineData("either --question and --answer, or --file", "edit")]
    public async Task Run_WrongUsage_IsOneLineThatNamesItAndPointsToHelp(string named, params string[] arguments)
    {
        CommandRun run = await CommandRun.RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, run.Code);
        string line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.Contains("--help", line, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Theory]
    [InlineData("nowhere", "inspect", "nowhere")]
    [InlineData("nowhere", "chat", "--model", "nowhere")]
    [InlineData("none.jsonl", "generate", "--input", "none.jsonl")]
    [InlineData("none.jsonl", "edit", "--file", "none.jsonl")]
    [InlineData("none.csv", "verify", "--facts", "none.csv")]
    [InlineData("none.txt", "tokenize", "-i", "none.txt")]
    [InlineData("none.json", "render", "-i", "none.json")]
    [InlineData("none.json", "render", "--tools", "none.json")]
    [InlineData("none.jinja", "render", "--template", "none.jinja")]
    [InlineData("nowhere", "chat", "--tokenizer", "nowhere")]
    [InlineData("nowhere", "tokenize", "--tokenizer", "nowhere")]
    public async Task Run_MissingFile_IsOneLineThatNamesIt(string named, params string[] arguments)
    {
        CommandRun run = await CommandRun.RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, run.Code);
        string line = Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithDebug_ShowsTheStackTrace()
    {
        CommandRun run = await CommandRun.RunAsync("chat", "--model", "nowhere", "--debug");

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("   at ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("generate")]
    [InlineData("chat")]
    public async Task Run_Cancelled_EndsWith130AndOneLine(string command)
    {
        CommandRun run = await CommandRun.RunAsync("{\"prompt\": \"a\"}\n", new CancellationToken(canceled: true), command);

        Assert.Equal(ExitCode.Cancelled, run.Code);
        Assert.Equal("ibke: cancelled.\n", run.Error);
        Assert.Empty(run.Out);
    }
}
