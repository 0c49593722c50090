using Ibke.Runtime.Tests;

namespace Ibke.Cli.Tests;

/// <summary>Every command on every reference model: folders with config and weights, whose tokenizer comes from elsewhere.</summary>
[Trait("Category", "Golden")]
public sealed class ModelFolderTests
{
    private static readonly string _tiny = Path.Combine(GoldenFiles.Committed, "tokenizers", "tiny-160");

    public static TheoryData<string> Models => [.. GoldenFiles.Models];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Inspect_Folder_Loads(string folder)
    {
        CommandRun alone = await CommandRun.RunAsync("inspect", folder);
        CommandRun complete = await CommandRun.RunAsync("inspect", folder, "--tokenizer", _tiny, "--json");

        Assert.Equal((ExitCode.Success, ExitCode.Success), (alone.Code, complete.Code));
        Assert.Contains("There is no tokenizer", alone.Out, StringComparison.Ordinal);
        Assert.True((bool)complete.Json()["loads"]!);
        Assert.Equal(160, (int)complete.Json()["tokenizer"]!["vocabulary_size"]!);
        Assert.Equal("hermes", (string)complete.Json()["template"]!["tool_calls"]!);
        Assert.All(["norms", "attention", "positions", "MLP", "parameters"], part => Assert.Matches($"(?m)^{part} +[^ ]", alone.Out));
        Assert.NotNull(complete.Json()["template"]);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Generate_TokensTextAndChat_AreContinued(string folder)
    {
        string lines = """
            {"prompt_ids": [5, 6, 7]}
            {"prompt": "the user"}
            {"messages": [{"role": "user", "content": "Hi"}]}
            """;

        CommandRun tokens = await CommandRun.ReadingAsync("""{"prompt_ids": [5, 6, 7]}""", "generate", "--model", folder, "--max-tokens", "4");
        CommandRun all = await CommandRun.ReadingAsync(lines, "generate", "--model", folder, "--tokenizer", _tiny, "--max-tokens", "4");

        Assert.Equal((ExitCode.Success, ExitCode.Success), (tokens.Code, all.Code));
        Assert.Equal(tokens.JsonLines()[0]["ids"]!.ToJsonString(), all.JsonLines()[0]["ids"]!.ToJsonString());
        Assert.All(all.JsonLines(), line => Assert.InRange((int)line["usage"]!["completion_tokens"]!, 1, 4));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Chat_WithTokenizer_Replies(string folder)
    {
        CommandRun without = await CommandRun.ReadingAsync("Hi\n", "chat", "--model", folder);
        CommandRun with = await CommandRun.ReadingAsync("Hi\n", "chat", "--model", folder, "--tokenizer", _tiny, "--max-tokens", "4", "--json");

        Assert.Equal((ExitCode.Usage, ExitCode.Success), (without.Code, with.Code));
        Assert.Contains("--tokenizer DIR", without.Error, StringComparison.Ordinal);
        Assert.NotNull(Assert.Single(with.JsonLines())["finish_reason"]);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task TokenizeAndRender_WithTokenizer_AgreeOnTheTokens(string folder)
    {
        CommandRun rendered = await CommandRun.ReadingAsync(
            """[{"role": "user", "content": "Hi"}]""", "render", "--model", folder, "--tokenizer", _tiny, "--ids", "--json");
        CommandRun tokenized = await CommandRun.RunAsync(
            "tokenize", (string)rendered.Json()["prompt"]!, "--model", folder, "--tokenizer", _tiny, "--json");

        Assert.Equal(rendered.Json()["ids"]!.ToJsonString(), tokenized.Json()["ids"]!.ToJsonString());
    }
}
