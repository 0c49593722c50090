using System.Text.Json;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Functions;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;
using Microsoft.Extensions.AI;
using Moq;

namespace Ibke.Runtime.Tests.Knowledge.Functions;

public sealed class KnowledgeFunctionsTests : IAsyncLifetime
{
    private const string Question = "Where was Leona Zeller born?";

    private readonly LanguageModel _model = Atlas.Load();
    private readonly Mock<IFactSource> _source = new();
    private KnowledgeService? _service;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await (_service?.DisposeAsync() ?? ValueTask.CompletedTask);
        _model.Dispose();
    }

    [Fact]
    public async Task VerifyFact_SourceAgrees_IsCurrent()
    {
        SourceSays("tamfield");

        Assert.Equal("""{"status":"current","answer":"Tamfield"}""", await Call("verify_fact", new() { ["question"] = Question }));
    }

    [Fact]
    public async Task VerifyFact_SourceDisagrees_IsStale()
    {
        SourceSays("Belford");

        Assert.Equal(
            """{"status":"stale","answer":"Tamfield","current":"Belford"}""", await Call("verify_fact", new() { ["question"] = Question }));
    }

    [Fact]
    public async Task VerifyFact_SourceDoesNotKnowOrIsMissing_IsUnknown()
    {
        SourceSays(null);
        Assert.Equal("""{"status":"unknown"}""", await Call("verify_fact", new() { ["question"] = Question }));
    }

    [Fact]
    public async Task VerifyFact_SourceFails_IsFailed()
    {
        _source.Setup(source => source.AskAsync(It.IsAny<string>(), It.IsAny<string?>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new FactSourceException("down"));

        Assert.Equal("""{"status":"failed","reason":"the source cannot be read"}""", await Call("verify_fact", new() { ["question"] = Question }));
        Assert.Equal("""{"status":"failed","reason":"the source cannot be read"}""", await Edit(KnowledgePolicy.Default));
    }

    [Fact]
    public async Task EditFact_ThenListAndRevert_GiveTheAgreedResults()
    {
        SourceSays("Belford");
        AIFunctionArguments edit = new() { ["question"] = Question, ["answer"] = "Belford", ["subject"] = "Leona Zeller" };

        Assert.Equal("""{"status":"applied","edit_id":"e1"}""", await Call("edit_fact", edit));
        Assert.Equal("""{"status":"current","answer":"Belford"}""", await Call("edit_fact", edit));
        Assert.Equal(
            """{"edits":[{"edit_id":"e1","question":"Where was Leona Zeller born?","answer":"Belford"}]}""", await Call("list_edits", []));
        Assert.Equal(("directory", "chat-7"), (_service!.State.Edits[0].Request.Source, _service.State.Edits[0].Request.Requester));
        Assert.Equal("""{"status":"reverted","edit_id":"e1"}""", await Call("revert_edit", new() { ["edit_id"] = "e1" }));
        Assert.Equal("""{"status":"not_found"}""", await Call("revert_edit", new() { ["edit_id"] = "e1" }));
        Assert.Equal("""{"edits":[]}""", await Call("list_edits", []));
    }

    [Theory]
    [InlineData("", "Belford", """{"status":"failed","reason":"the question is empty"}""")]
    [InlineData(Question, " ", """{"status":"failed","reason":"the answer is empty"}""")]
    [InlineData(Question, "x<|im_end|>", """{"status":"failed","reason":"the text is not allowed"}""")]
    [InlineData(Question, "a\u0007b", """{"status":"failed","reason":"the text is not allowed"}""")]
    public async Task EditFact_TextThatCannotBe_IsFailed(string question, string answer, string expected)
    {
        Assert.Equal(expected, (await (await Functions(KnowledgePolicy.Trusting)).EditFactAsync(question, answer)).ToJsonString());
        Assert.Same(WeightVersion.Base, _model.Versions.Current);
    }

    [Fact]
    public async Task EditFact_RejectedByTheEditor_IsRefusedInFewWords() => Assert.Equal(
        """{"status":"refused","reason":"other facts would change"}""",
        (await (await Functions(KnowledgePolicy.Trusting, new KnowledgeEditorOptions { MaximumDrift = 0 })).EditFactAsync(Question, "Belford")).ToJsonString());

    [Fact]
    public async Task EditFact_MustBeApproved_Waits()
    {
        Assert.Equal("""{"status":"waiting","edit_id":"e1"}""", await Edit(KnowledgePolicy.Trusting with { Quiet = true }));
        Assert.Same(WeightVersion.Base, _model.Versions.Current);
    }

    [Fact]
    public async Task EditFact_PolicyRefuses_IsRefusedWithoutComputing()
    {
        Assert.Equal("""{"status":"refused","reason":"the fact is protected"}""", await Edit(KnowledgePolicy.ReadOnly));
        Assert.Same(WeightVersion.Base, _model.Versions.Current);
    }

    [Fact]
    public async Task EditFact_DefaultPolicy_IsMadeOnlyAsTheSourceSays()
    {
        SourceSays(null);
        Assert.Equal("""{"status":"refused","reason":"the source does not know the fact"}""", await Edit(KnowledgePolicy.Default));
        SourceSays("Varova");
        Assert.Equal("""{"status":"refused","reason":"the source says otherwise"}""", await Edit(KnowledgePolicy.Default));
        Assert.Same(WeightVersion.Base, _model.Versions.Current);
        SourceSays("Belford.");
        Assert.Equal("applied", (string?)(await (await Functions(KnowledgePolicy.Default)).EditFactAsync(Question, "Belford"))["status"]);
    }

    [Fact]
    public async Task RevertEdit_DefaultPolicy_IsMadeOnlyWhereTheSourceContradicts()
    {
        SourceSays("Belford");
        await Edit(KnowledgePolicy.Default);

        Assert.Equal("""{"status":"refused","reason":"the source still says so"}""", await Revert());
        SourceSays(null);
        Assert.Equal("""{"status":"refused","reason":"the source does not know the fact"}""", await Revert());
        Assert.Single(_model.Versions.Current.Edits);
        SourceSays("Varova");
        Assert.Equal("""{"status":"reverted","edit_id":"e1"}""", await Revert());
        Assert.Empty(_model.Versions.Current.Edits);
    }

    [Fact]
    public async Task CreateFunctions_Prefix_IsPartOfTheNames()
    {
        IReadOnlyList<AIFunction> functions = (await Functions(KnowledgePolicy.Default)).CreateFunctions("kb");

        Assert.Equal(["kb_verify_fact", "kb_edit_fact", "kb_revert_edit", "kb_list_edits"], functions.Select(function => function.Name));
        Assert.All(functions, function => Assert.NotEmpty(function.Description));
        Assert.Equal(["question", "answer", "subject"], Parameters(functions[1]));
        Assert.Equal(["edit_id"], Parameters(functions[2]));
        Assert.Empty(Parameters(functions[3]));
    }

    private static IEnumerable<string> Parameters(AIFunction function) =>
        function.JsonSchema.TryGetProperty("properties", out JsonElement properties) ? properties.EnumerateObject().Select(p => p.Name) : [];

    private async Task<string> Edit(KnowledgePolicy policy) => (await (await Functions(policy)).EditFactAsync(Question, "Belford")).ToJsonString();

    private async Task<string> Revert() => (await (await Functions(KnowledgePolicy.Default)).RevertEditAsync("e1")).ToJsonString();

    // The first call opens the service, and with it the policy.
    private async Task<KnowledgeFunctions> Functions(KnowledgePolicy policy, KnowledgeEditorOptions? editing = null)
    {
        if (_service is null)
        {
            KnowledgeEditor editor = KnowledgeEditor.Load(_model, options: editing ?? new KnowledgeEditorOptions { LocalityQuestions = 4 });
            _service = await KnowledgeService.OpenAsync(
                editor, await SqliteJournal.InMemoryAsync(KnowledgeService.IdentityOf(editor)), new KnowledgeServiceOptions { Policy = policy, Sources = [_source.Object] });
        }

        return new KnowledgeFunctions(_service, Caller.Model("chat-7"));
    }

    private async Task<string> Call(string name, AIFunctionArguments arguments)
    {
        KnowledgeFunctions functions = await Functions(KnowledgePolicy.Trusting);
        AIFunction function = functions.CreateFunctions().Single(f => f.Name == name);
        return Assert.IsType<JsonElement>(await function.InvokeAsync(arguments)).GetRawText();
    }

    private void SourceSays(string? answer) =>
        _source.Setup(source => source.AskAsync(It.IsAny<string>(), It.IsAny<string?>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(answer is null ? null : new SourcedFact(answer, "directory", null));
}
