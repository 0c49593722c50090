using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ibke.Cli.Tests.Commands;

public sealed class GenerateCommandTests
{
    private const string UserTurn = "<|im_start|>user\n";
    private const string AfterUser = "<|im_end|>\n<|im_start|>assistant\n";

    [Fact]
    public async Task Generate_Prompts_GivesTheKnownGreedyOutputs()
    {
        (string Prompt, string Output)[] cases = [.. Expected()];
        string input = string.Join('\n', cases.Select((known, i) => new JsonObject { ["id"] = i, ["prompt"] = known.Prompt }.ToJsonString()));

        CommandRun run = await CommandRun.ReadingAsync(input, "generate");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Equal(cases.Select(known => known.Output), run.JsonLines().Select(line => (string)line["text"]!));
        Assert.Equal(Enumerable.Range(0, cases.Length), run.JsonLines().Select(line => (int)line["id"]!));
        Assert.All(run.JsonLines(), line => Assert.Equal("stop", (string)line["finish_reason"]!));
    }

    [Fact]
    public async Task Generate_ChatsFromAFile_GivesTheKnownGreedyOutputsInAFile()
    {
        (string Prompt, string Output)[] cases = [.. Expected().Where(known => IsSingleQuestion(known.Prompt)).Take(12)];
        Assert.Equal(12, cases.Length);
        using TemporaryFolder folder = new();
        string input = folder.Write("chats.jsonl", string.Join('\n', cases.Select(known => Chat(Question(known.Prompt)))));
        string output = Path.Combine(folder.Path, "replies.jsonl");

        CommandRun run = await CommandRun.RunAsync("generate", "--input", input, "--output", output);

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Empty(run.Out);
        string[] replies = [.. File.ReadLines(output).Select(line => (string)JsonNode.Parse(line)!["text"]!)];
        Assert.Equal(cases.Select(known => known.Output), replies);
    }

    [Fact]
    public async Task Generate_8BitWeights_GivesNearlyAllKnownGreedyOutputs()
    {
        (string Prompt, string Output)[] cases = [.. Expected()];
        string input = string.Join('\n', cases.Select(known => new JsonObject { ["prompt"] = known.Prompt }.ToJsonString()));

        CommandRun run = await CommandRun.ReadingAsync(input, "generate", "--weights", "8bit");

        Assert.Equal(ExitCode.Success, run.Code);
        int same = cases.Zip(run.JsonLines()).Count(pair => pair.First.Output == (string)pair.Second["text"]!);
        Assert.InRange(same, cases.Length * 9 / 10, cases.Length);
    }

    [Fact]
    public async Task Generate_BrokenLines_AreNamedAndTheOthersDone()
    {
        string input = string.Join('\n', "no json", "", """{"id": "a", "prompt": 3}""", Chat("Hello there"), """{"id": "b", "messages": [{"role": "pope", "content": "x"}]}""");

        CommandRun run = await CommandRun.ReadingAsync(input, "generate");

        Assert.Equal(ExitCode.Failed, run.Code);
        JsonObject[] lines = run.JsonLines();
        Assert.Equal([1, 3, 4, 5], lines.Select(line => (int)line["line"]!));
        Assert.StartsWith("Line 1: The line is not JSON", (string)lines[0]["error"]!, StringComparison.Ordinal);
        Assert.Equal("a", (string)lines[1]["id"]!);
        Assert.Contains("prompt must be a text", (string)lines[1]["error"]!, StringComparison.Ordinal);
        Assert.Equal("Hello! What would you like to know?", (string)lines[2]["text"]!);
        Assert.Null(lines[2]["error"]);
        Assert.Contains("messages[0].role is \"pope\"", (string)lines[3]["error"]!, StringComparison.Ordinal);
        Assert.Contains("3 of 4 lines failed", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_PromptBeyondTheContext_IsALineOfErrorWithBothNumbers()
    {
        string words = string.Join(' ', Enumerable.Repeat("hello", 600));

        CommandRun run = await CommandRun.ReadingAsync(new JsonObject { ["prompt"] = words }.ToJsonString(), "generate");

        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("512", (string)run.JsonLines()[0]["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_MaxTokensAndStop_EndTheReply()
    {
        string input = """{"prompt": "The alma mater of Viktor Shah is"}""";

        CommandRun limited = await CommandRun.ReadingAsync(input, "generate", "--max-tokens", "1");
        CommandRun stopped = await CommandRun.ReadingAsync(input, "generate", "--stop", " of");

        JsonObject limit = limited.JsonLines()[0], stop = stopped.JsonLines()[0];
        Assert.Equal("length", (string)limit["finish_reason"]!);
        Assert.Equal(1, (int)limit["usage"]!["completion_tokens"]!);
        Assert.Equal("stop", (string)stop["finish_reason"]!);
        Assert.Equal(" University", (string)stop["text"]!);
    }

    [Fact]
    public async Task Generate_DrawnWithASeed_IsRepeatable()
    {
        string input = string.Concat(Enumerable.Repeat(Chat("Good night") + "\n", 3));

        CommandRun first = await CommandRun.ReadingAsync(input, "generate", "--temperature", "1.5", "--seed", "11", "--max-tokens", "12");
        CommandRun second = await CommandRun.ReadingAsync(input, "generate", "--temperature", "1.5", "--seed", "11", "--max-tokens", "12");

        Assert.Equal(ExitCode.Success, first.Code);
        Assert.Equal(first.Out, second.Out);
    }

    [Fact]
    public async Task Generate_ToolsListed_ReturnsCallsApartFromText()
    {
        JsonObject tool = new()
        {
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = "list_edits", ["description"] = "List all knowledge edits.", ["parameters"] = new JsonObject() },
        };
        string input = new JsonObject
        {
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Show your edits." }),
            ["tools"] = new JsonArray(tool),
        }.ToJsonString();

        CommandRun run = await CommandRun.ReadingAsync(input, "generate");

        JsonObject line = run.JsonLines()[0];
        Assert.Equal("tool_calls", (string)line["finish_reason"]!);
        JsonNode call = Assert.Single(line["tool_calls"]!.AsArray())!;
        Assert.Equal("list_edits", (string)call["name"]!);
        Assert.NotEqual("", (string)call["id"]!);
        Assert.DoesNotContain("tool_call", (string)line["text"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("same.jsonl")]
    [InlineData("link.jsonl")]
    [InlineData("folder/same.jsonl")]
    public async Task Generate_OutputIsTheInput_IsRefusedAndTheFileKept(string name)
    {
        using TemporaryFolder folder = new();
        string input = folder.Write("same.jsonl", Chat("Hello there"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link.jsonl"), "same.jsonl");
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "folder"), folder.Path);

        CommandRun run = await CommandRun.RunAsync("generate", "-i", input, "-o", Path.Combine(folder.Path, name));

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("same file", run.Error, StringComparison.Ordinal);
        Assert.Equal(Chat("Hello there"), File.ReadAllText(input));
    }

    [Fact]
    public async Task Generate_OutputExists_IsReplacedAtTheEndThroughItsLink()
    {
        using TemporaryFolder folder = new();
        string output = folder.Write("old.jsonl", "what was there before\n");
        string link = Path.Combine(folder.Path, "link.jsonl");
        File.CreateSymbolicLink(link, "old.jsonl");

        CommandRun run = await CommandRun.ReadingAsync(Chat("Hello there"), "generate", "-o", link);

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Equal("Hello! What would you like to know?", (string)JsonNode.Parse(Assert.Single(File.ReadAllLines(output)))!["text"]!);
        Assert.Equal("old.jsonl", new FileInfo(link).LinkTarget);
        Assert.False(File.Exists(output + ".partial"));
    }

    [Fact]
    public async Task Generate_EndedEarly_KeepsTheOldOutput()
    {
        using TemporaryFolder folder = new();
        string output = folder.Write("old.jsonl", "what was there before\n");

        CommandRun run = await CommandRun.RunAsync(Chat("Hello there"), new CancellationToken(canceled: true), "generate", "-o", output);

        Assert.Equal(ExitCode.Cancelled, run.Code);
        Assert.Equal("what was there before\n", File.ReadAllText(output));
    }

    [Fact]
    public async Task Generate_PromptAsTokens_GivesTokensAndText()
    {
        JsonNode known = Unedited()[0]!;
        string ids = known["ids"]!.ToJsonString();

        CommandRun run = await CommandRun.ReadingAsync(
            $"{{\"prompt_ids\": {ids}}}\n{{\"prompt_ids\": []}}\n{{\"prompt_ids\": [1.5]}}\n{{\"prompt_ids\": [-1]}}", "generate", "--max-tokens", "24");

        Assert.Equal(ExitCode.Failed, run.Code);
        JsonObject[] lines = run.JsonLines();
        Assert.NotEmpty(lines[0]["ids"]!.AsArray());
        Assert.Equal((string)known["output"]!, (string)lines[0]["text"]!);
        Assert.Contains("\"prompt_ids\" is empty", (string)lines[1]["error"]!, StringComparison.Ordinal);
        Assert.Contains("prompt_ids[0] must be a token id", (string)lines[2]["error"]!, StringComparison.Ordinal);
        Assert.Contains("-1", (string)lines[3]["error"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_InputIsANamedPipe_IsReadOnce()
    {
        using TemporaryFolder folder = new();
        string pipe = Path.Combine(folder.Path, "pipe");
        using (System.Diagnostics.Process make = System.Diagnostics.Process.Start("mkfifo", pipe))
        {
            await make.WaitForExitAsync();
        }

        Task write = Task.Run(() => File.WriteAllText(pipe, Chat("Hello there") + "\n"));
        CommandRun run = await CommandRun.RunAsync("generate", "-i", pipe);
        await write;

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Equal("Hello! What would you like to know?", (string)Assert.Single(run.JsonLines())["text"]!);
    }

    [Fact]
    public async Task Generate_EmptyPrompt_SaysSoWithoutNamesOfTheProgram()
    {
        CommandRun run = await CommandRun.ReadingAsync("""{"prompt": ""}""", "generate");

        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Equal("Line 1: \"prompt\" is empty: give a text to continue.", (string)run.JsonLines()[0]["error"]!);
    }

    [Fact]
    public async Task Generate_TemplateWithoutFunctions_TakesAToolFormat()
    {
        using TemporaryFolder folder = new();
        string template = folder.Write("t.jinja", "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n");
        const string Line = """{"messages": [{"role": "user", "content": "Hi"}], "tools": [{"name": "f", "parameters": {"type": "object", "properties": {}}}]}""";
        string[] command = ["generate", "--template", template, "--max-tokens", "4"];

        CommandRun without = await CommandRun.ReadingAsync(Line, command);
        CommandRun with = await CommandRun.ReadingAsync(Line, [.. command, "--tool-format", "functionary"]);
        CommandRun none = await CommandRun.ReadingAsync(Line, [.. command, "--tool-format", "none"]);
        CommandRun wrong = await CommandRun.ReadingAsync(Line, [.. command, "--tool-format", "xml"]);

        Assert.Equal((ExitCode.Success, ExitCode.Success), (without.Code, with.Code));
        Assert.Equal((ExitCode.Failed, ExitCode.Usage), (none.Code, wrong.Code));
        Assert.Contains("shows the model no functions", none.Out, StringComparison.Ordinal);
        Assert.Contains("'xml', but must be one of hermes, llama3", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_ModelThinks_GivesItsThoughtsApart()
    {
        using TemporaryFolder folder = new();
        string template = folder.Write(
            "t.jinja", "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n<think>\n");

        CommandRun run = await CommandRun.ReadingAsync(Chat("Hello there"), "generate", "--template", template, "--max-tokens", "4");

        JsonObject line = Assert.Single(run.JsonLines());
        Assert.Equal("", (string)line["text"]!);
        Assert.NotEqual("", (string)line["reasoning"]!);
    }

    private static IEnumerable<(string Prompt, string Output)> Expected()
    {
        foreach (JsonNode? item in Unedited())
        {
            yield return ((string)item!["prompt"]!, (string)item["output"]!);
        }
    }

    private static JsonArray Unedited()
    {
        string path = Path.Combine(CommandRun.RepositoryRoot(), "tests", "goldens", "atlas", "expected.json");
        return JsonNode.Parse(File.ReadAllText(path))!["unedited"]!.AsArray();
    }

    private static bool IsSingleQuestion(string prompt) =>
        prompt.StartsWith(UserTurn, StringComparison.Ordinal) && prompt.Split("<|im_start|>").Length == 3;

    private static string Question(string prompt) => prompt[UserTurn.Length..^AfterUser.Length];

    private static string Chat(string question) => JsonSerializer.Serialize(new { messages = new[] { new { role = "user", content = question } } });
}
