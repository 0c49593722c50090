using Ibke.Runtime.Tests;

namespace Ibke.Cli.Tests.Commands;

public sealed class RenderCommandTests
{
    private const string Hello = """[{"role": "user", "content": "Hello"}]""";
    private const string Tools = """[{"type": "function", "function": {"name": "f"}}]""";

    private static readonly string _tiny = Path.Combine(GoldenFiles.Committed, "tokenizers", "tiny-160");

    [Theory]
    [InlineData(Hello, "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n")]
    [InlineData("{\"messages\": " + Hello + ", \"add_generation_prompt\": false, \"n\": 1}", "<|im_start|>user\nHello<|im_end|>\n")]
    [InlineData(Hello, "<|im_start|>user\nHello<|im_end|>\n", "--no-generation-prompt")]
    public async Task Render_Messages_PrintsThePromptExactly(string input, string expected, params string[] options)
    {
        CommandRun run = await CommandRun.ReadingAsync(input, ["render", "--model", _tiny, .. options]);

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Equal(expected, run.Out);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Render_Tools_FromTheInputOrAFile()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("tools.json", Tools);

        CommandRun fromInput = await CommandRun.ReadingAsync($$"""{"messages": {{Hello}}, "tools": {{Tools}}}""", "render", "--model", _tiny);
        CommandRun fromFile = await CommandRun.ReadingAsync(Hello, "render", "--model", _tiny, "--tools", file);

        Assert.Contains("{\"name\": \"f\"}", fromInput.Out, StringComparison.Ordinal);
        Assert.Equal(fromInput.Out, fromFile.Out);
    }

    [Fact]
    public async Task Render_TemplateAndVariables_AreThoseGiven()
    {
        using TemporaryFolder folder = new();
        string template = folder.Write("t.jinja", "{{ eos_token }} {{ messages[0].content }} {{ think }} {{ deep.a }} {{ name }}");

        CommandRun run = await CommandRun.ReadingAsync(
            $$"""{"messages": {{Hello}}, "name": "from input"}""",
            "render", "--model", _tiny, "--template", template, "--set", "think=false", "--set", """deep={"a": [1, 2.0]}""", "--set", "name=B C");

        Assert.Equal("<|im_end|> Hello False [1, 2.0] B C", run.Out);
    }

    [Fact]
    public async Task Render_Ids_AreThoseOfTheTokenizer()
    {
        CommandRun ids = await CommandRun.ReadingAsync(Hello, "render", "--model", _tiny, "--ids");
        CommandRun both = await CommandRun.ReadingAsync(Hello, "render", "--model", _tiny, "--ids", "--json");

        Assert.StartsWith("1 120 4 ", ids.Out, StringComparison.Ordinal);
        Assert.Equal(ids.Out.Trim(), string.Join(' ', both.Json()["ids"]!.AsArray().Select(id => (int)id!)));
        Assert.StartsWith("<|im_start|>user\n", (string)both.Json()["prompt"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{% if true %}\n{{ messages[0].nothing.more }}\n{% endif %}", "line 2")]
    [InlineData("a\n\n{{ raise_exception('Never.') }}", "refuses the messages (line 3): Never.")]
    [InlineData("a\n{% nonsense %}", "line 2")]
    public async Task Render_TemplateFails_NamesTheLine(string source, string expected)
    {
        using TemporaryFolder folder = new();

        CommandRun run = await CommandRun.ReadingAsync(Hello, "render", "--model", _tiny, "--template", folder.Write("t.jinja", source));

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(expected, Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Theory]
    [InlineData("no json", "is not JSON")]
    [InlineData("3", "list of messages")]
    [InlineData("""{"tools": []}""", "\"messages\" must be a list")]
    [InlineData("""{"messages": [], "tools": 3}""", "\"tools\" must be a list")]
    [InlineData("""{"messages": [], "add_generation_prompt": "yes"}""", "must be true or false")]
    [InlineData("""{"messages": [], "messages": []}""", "messages")]
    public async Task Render_WrongInput_IsNamed(string input, string expected)
    {
        CommandRun run = await CommandRun.ReadingAsync(input, "render", "--model", _tiny);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_FolderWithoutTemplate_NamesTheOptionsThatHelp()
    {
        using TemporaryFolder folder = new();

        CommandRun run = await CommandRun.ReadingAsync(Hello, "render", "--model", folder.Path);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("--template FILE", run.Error, StringComparison.Ordinal);
        Assert.Contains("--tokenizer DIR", run.Error, StringComparison.Ordinal);
    }
}
