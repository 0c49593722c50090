using Ibke.Runtime.Tests;

namespace Ibke.Cli.Tests.Commands;

public sealed class TokenizeCommandTests
{
    private static readonly string _tiny = Path.Combine(GoldenFiles.Committed, "tokenizers", "tiny-160");

    [Fact]
    public async Task Tokenize_Text_ShowsIdsAndTokens()
    {
        CommandRun run = await CommandRun.RunAsync("tokenize", "the user", "--model", _tiny);

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Matches("^116 +the +0 +3$", run.Lines[1]);
        Assert.Matches("^5 +Ġ +3 +4$", run.Lines[2]);
        Assert.Equal("3 tokens", run.Lines[^1]);
    }

    [Fact]
    public async Task Tokenize_FileOrInputAsJson_TakesTheTextAsItStands()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("text.txt", "a<|im_end|>\n");

        CommandRun fromFile = await CommandRun.RunAsync("tokenize", "-i", file, "--tokenizer", _tiny, "--json");
        CommandRun fromInput = await CommandRun.ReadingAsync("a<|im_end|>\n", "tokenize", "--tokenizer", _tiny, "--json");

        Assert.Equal("""{"ids":[70,2,4],"tokens":["a","<|im_end|>","Ċ"],"offsets":[[0,1],[1,11],[11,12]]}""", fromFile.Out.TrimEnd());
        Assert.Equal(fromFile.Out, fromInput.Out);
    }

    [Theory]
    [InlineData("70 2 5,71", "a b\n")]
    [InlineData("[70, 2]", "a\n")]
    [InlineData("[70, 2]", "a<|im_end|>\n", "--special-tokens")]
    public async Task Tokenize_Ids_GivesTheirText(string ids, string text, params string[] options)
    {
        CommandRun run = await CommandRun.RunAsync(["tokenize", "--ids", ids, "--model", _tiny, .. options]);

        Assert.Equal(text, run.Out);
    }

    [Fact]
    public async Task Tokenize_RoundTripOfJson_GivesTheTextAgain()
    {
        CommandRun ids = await CommandRun.RunAsync("tokenize", "{\"name\": true}", "--model", _tiny, "--json");
        CommandRun text = await CommandRun.RunAsync("tokenize", "--ids", ids.Json()["ids"]!.ToJsonString(), "--model", _tiny, "--json");

        Assert.Equal("{\"name\": true}", (string)text.Json()["text"]!);
    }

    [Fact]
    public async Task Tokenize_IdBeyondTheVocabulary_NamesIt()
    {
        CommandRun run = await CommandRun.RunAsync("tokenize", "--ids", "70 160", "--model", _tiny);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Empty(run.Out);
        Assert.Contains("no token 160", run.Error, StringComparison.Ordinal);
        Assert.Contains("highest is 159", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokenize_NoNumber_NamesIt()
    {
        CommandRun run = await CommandRun.RunAsync("tokenize", "--ids", "1 x", "--model", _tiny);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("'x' is no token id", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokenize_FolderWithoutTokenizer_NamesTheOptionThatHelps()
    {
        using TemporaryFolder folder = new();

        CommandRun run = await CommandRun.RunAsync("tokenize", "a", "--model", folder.Path);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("--tokenizer DIR", run.Error, StringComparison.Ordinal);
    }
}
