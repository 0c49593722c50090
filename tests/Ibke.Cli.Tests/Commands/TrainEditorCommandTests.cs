namespace Ibke.Cli.Tests.Commands;

public sealed class TrainEditorCommandTests
{
    [Fact]
    public async Task TrainEditor_OneStep_WritesAnEditorThatEditCanUse()
    {
        using TemporaryFolder folder = new();
        string facts = folder.Write("facts.jsonl", """
            {"subject": "Jade Foods", "relation": "seat", "prompt": "Where is Jade Foods headquartered?", "answer": "Tamfield", "rephrasings": ["Where is Jade Foods based?"], "locality": ["Who is the mayor of Elland?"]}
            {"subject": "Leona Zeller", "relation": "birthplace", "prompt": "Where was Leona Zeller born?", "answer": "Belford", "rephrasings": ["Where does Leona Zeller come from?"], "locality": ["Who is the mayor of Elland?"]}
            """);
        string editor = Path.Combine(folder.Path, "editor");

        CommandRun run = await CommandRun.RunAsync(
            "train-editor", "--facts", facts, "--validation", facts, "--out", editor, "--steps", "1", "--group", "2");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains("2 held-out edits in force: reliability", run.Out, StringComparison.Ordinal);
        Assert.Contains("step 1/1  edit ", run.Error, StringComparison.Ordinal);
        Assert.Equal(["EDITOR.md", "editor.json", "editor.safetensors"], Directory.GetFiles(editor).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task TrainEditor_LineWithoutAnswer_NamesFileLineAndField()
    {
        using TemporaryFolder folder = new();
        string facts = folder.Write("facts.jsonl", """{"prompt": "Where is Jade Foods headquartered?"}""");

        CommandRun run = await CommandRun.RunAsync("train-editor", "--facts", facts, "--out", Path.Combine(folder.Path, "editor"));

        Assert.NotEqual(ExitCode.Success, run.Code);
        Assert.Contains("facts.jsonl", run.Error, StringComparison.Ordinal);
        Assert.Contains("answer", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.Path, "editor")));
    }
}
