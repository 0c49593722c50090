using System.Text.Json.Nodes;

namespace Ibke.Cli.Tests.Commands;

public sealed class InspectCommandTests
{
    [Fact]
    public async Task Inspect_EmbeddedModel_ShowsAllParts()
    {
        CommandRun run = await CommandRun.RunAsync("inspect", "--json");

        Assert.Equal(ExitCode.Success, run.Code);
        JsonObject report = run.Json();
        Assert.True((bool)report["loads"]!);
        Assert.Equal("LlamaForCausalLM", (string)report["architecture"]!);
        Assert.Equal(6, (int)report["config"]!["layers"]!);
        Assert.Equal(5_311_744, (long)report["weights"]!["parameters"]!);
        Assert.Equal("bfloat16", (string)report["weights"]!["types"]![0]!["type"]!);
        Assert.Equal(3072, (int)report["tokenizer"]!["vocabulary_size"]!);
        Assert.Contains("<|im_start|>user\nHello", (string)report["template"]!["example"]!, StringComparison.Ordinal);
        Assert.True((bool)report["editor"]!["for_this_model"]!);
        Assert.Empty(report["problems"]!.AsArray());
    }

    [Fact]
    public async Task Inspect_AFolderAsText_PrintsNamesAndValues()
    {
        CommandRun run = await CommandRun.RunAsync("inspect", CommandRun.Atlas);

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Matches("architecture +LlamaForCausalLM", run.Out);
        Assert.Matches("editor +ibke-recall.*made for this model", run.Out);
    }

    [Fact]
    public async Task Inspect_NoTokenizer_SaysWhatStillWorksAndWhichOptionHelps()
    {
        using TemporaryFolder folder = new();
        folder.CopyAtlas(except: "tokenizer.json");

        CommandRun without = await CommandRun.RunAsync("inspect", folder.Path, "--json");
        CommandRun from = await CommandRun.RunAsync("inspect", folder.Path, "--tokenizer", CommandRun.Atlas, "--json");

        Assert.Equal((ExitCode.Success, ExitCode.Success), (without.Code, from.Code));
        Assert.True((bool)without.Json()["loads"]!);
        Assert.Contains("--tokenizer DIR", (string)Assert.Single(without.Json()["problems"]!.AsArray())!, StringComparison.Ordinal);
        Assert.Empty(from.Json()["problems"]!.AsArray());
    }

    [Fact]
    public async Task Inspect_TemplateNamesATokenThatTheTokenizerLacks_LeavesItOut()
    {
        using TemporaryFolder folder = new();
        folder.CopyAtlas(except: "model.safetensors");
        folder.Write("chat_template.jinja", "{{ bos_token }}{{ messages[0].content }}");

        CommandRun run = await CommandRun.RunAsync("inspect", folder.Path, "--json");

        Assert.Equal("Hello", (string)run.Json()["template"]!["example"]!);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    public async Task Inspect_FileMissing_NamesItAndStillShowsTheRest(string missing)
    {
        using TemporaryFolder folder = new();
        folder.CopyAtlas(except: missing);

        CommandRun run = await CommandRun.RunAsync("inspect", folder.Path, "--json");

        Assert.Equal(ExitCode.Failed, run.Code);
        JsonObject report = run.Json();
        Assert.False((bool)report["loads"]!);
        Assert.Contains(report["problems"]!.AsArray(), problem => ((string)problem!).Contains(missing, StringComparison.Ordinal));
        Assert.NotNull(report["template"]);
    }

    [Fact]
    public async Task Inspect_EditorOfAnotherModel_SaysSoAndFails()
    {
        using TemporaryFolder folder = new();
        folder.CopyAtlas(except: "editor.json");
        JsonObject editor = JsonNode.Parse(File.ReadAllText(Path.Combine(CommandRun.Atlas, "editor.json")))!.AsObject();
        editor["model_sha256"] = new string('0', 64);
        folder.Write("editor.json", editor.ToJsonString());

        CommandRun run = await CommandRun.RunAsync("inspect", folder.Path);

        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("MADE FOR ANOTHER MODEL", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_TruncatedWeights_NamesTheFile()
    {
        using TemporaryFolder folder = new();
        folder.CopyAtlas(except: "model.safetensors");
        byte[] weights = File.ReadAllBytes(Path.Combine(CommandRun.Atlas, "model.safetensors"));
        File.WriteAllBytes(Path.Combine(folder.Path, "model.safetensors"), weights.AsSpan(0, weights.Length / 2));

        CommandRun run = await CommandRun.RunAsync("inspect", folder.Path);

        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("! ", run.Out, StringComparison.Ordinal);
        Assert.Contains("model.safetensors", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_NotAModelFolder_PrintsNeitherItsFilesNorEmptyRows()
    {
        using TemporaryFolder folder = new();
        folder.Write("holiday.txt", "sun");

        CommandRun run = await CommandRun.RunAsync("inspect", folder.Path);

        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.DoesNotContain("holiday.txt", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("ends with", run.Out, StringComparison.Ordinal);
        Assert.Contains("! ", run.Out, StringComparison.Ordinal);
    }
}
