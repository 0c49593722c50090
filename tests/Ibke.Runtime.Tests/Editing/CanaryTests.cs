using System.Text.Json.Nodes;
using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Editing;

/// <summary>The embedded model with conversations in its card whose replies no edit may change.</summary>
public sealed class CanaryTests : IDisposable
{
    private static readonly EditRequest Birthplace = new() { Prompt = "Where was Leona Zeller born?", Answer = "Belford", Subject = "Leona Zeller" };

    private const string Refusal = """{"messages": [{"role": "user", "content": "What time is it?"}]}""";

    private const string Call = """
        {"messages": [{"role": "system", "content": "Answer briefly."}, {"role": "user", "content": "Which edits are in force?"}],
         "tools": [{"type": "function", "function": {"name": "list_edits", "description": "Lists the edits in force.", "parameters": {"type": "object", "properties": {}}}}]}
        """;

    private readonly TemporaryFolder _folder = new();

    public CanaryTests()
    {
        foreach (string path in Directory.EnumerateFiles(Atlas.Folder).Where(path => Path.GetFileName(path) != ModelCard.FileName))
        {
            File.CreateSymbolicLink(_folder[Path.GetFileName(path)], path);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task EditAsync_CanariesKeepTheirReplies_IsApplied()
    {
        using LanguageModel model = Load(Refusal, Call);

        EditResult result = await KnowledgeEditor.Load(model).EditAsync(Birthplace);

        Assert.Equal((EditStatus.Applied, "2 of 2"), (result.Status, result.Canaries.ToString()));
    }

    [Fact]
    public async Task EditAsync_ACanaryWouldGetAnotherReply_IsRejectedWithBothReplies()
    {
        using LanguageModel model = Load(Refusal, """
            {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hello! How can I help you?"},
                          {"role": "user", "content": "Where was Leona Zeller born?"}]}
            """);

        EditResult result = await KnowledgeEditor.Load(model).EditAsync(Birthplace);

        Assert.Equal((EditStatus.Rejected, EditCheck.Canaries), (result.Status, result.FailedCheck));
        Assert.Equal([new PanelFailure("Where was Leona Zeller born?", "Tamfield", "Belford")], result.Canaries.Failures);
        Assert.Equal(
            "canaries check failed: 1 of 2 conversations get the same reply, at least 100 %; such as \"Where was Leona Zeller born?\": \"Belford\" for \"Tamfield\"",
            result.Reason);
        Assert.Empty(model.Versions.Current.Edits);
    }

    [Fact]
    public async Task EditAsync_FewerCanariesDemanded_IsApplied()
    {
        using LanguageModel model = Load("""{"messages": [{"role": "user", "content": "Where was Leona Zeller born?"}]}""");
        KnowledgeEditor editor = KnowledgeEditor.Load(model, options: new KnowledgeEditorOptions { MinimumCanaries = 0 });

        Assert.Equal(EditStatus.Applied, (await editor.EditAsync(Birthplace)).Status);
    }

    [Theory]
    [InlineData("""{"messages": []}""", "canaries[0] has no messages")]
    [InlineData("""{"messages": null}""", "messages")]
    [InlineData("""{}""", "messages")]
    [InlineData("null", "canaries[0] is null")]
    [InlineData("""{"messages": ["Hello"]}""", "has a message that is no object with a role")]
    [InlineData("""{"messages": [{"content": "Hello"}]}""", "has a message that is no object with a role")]
    [InlineData("""{"messages": [{"role": "user", "content": 3}]}""", "ends with a message without text")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hello"}], "tools": ["f"]}""", "has a function that is no object")]
    public void Load_BadCanary_SaysWhichAndWhy(string canary, string reason)
    {
        WriteCard(canary);

        CheckpointException error = Assert.Throws<CheckpointException>(() => ModelCard.Load(_folder.Path));

        Assert.Contains(ModelCard.FileName, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_CanaryLongerThanTheContext_SaysHowLong()
    {
        using LanguageModel model = Load($$"""{"messages": [{"role": "user", "content": "{{string.Concat(Enumerable.Repeat("long ", 600))}}"}]}""");

        CheckpointException error = Assert.Throws<CheckpointException>(() => KnowledgeEditor.Load(model));

        Assert.Contains("more than the context of 512", error.Message, StringComparison.Ordinal);
    }

    private LanguageModel Load(params string[] canaries)
    {
        WriteCard(canaries);
        return LanguageModel.Load(_folder.Path, new LanguageModelOptions { Engine = TestEngine.Shared });
    }

    private void WriteCard(params string[] canaries)
    {
        JsonObject card = JsonNode.Parse(File.ReadAllText(Path.Combine(Atlas.Folder, ModelCard.FileName)))!.AsObject();
        card["canaries"] = new JsonArray([.. canaries.Select(canary => JsonNode.Parse(canary))]);
        File.WriteAllText(_folder[ModelCard.FileName], card.ToJsonString());
    }
}
