using System.Text.Json;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Functions;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Models;
using Microsoft.Extensions.AI;
using Moq;

namespace Ibke.Runtime.Tests.Knowledge.Functions;

public sealed class KnowledgeFunctionsTests : IDisposable
{
    private const string Question = "Where was Leona Zeller born?";

    private static readonly KnowledgeFunctionsOptions Open = new() { Authorization = EditPolicies.AllowAll };

    private readonly LanguageModel _model = Atlas.Load();
    private readonly KnowledgeEditor _editor;
    private readonly Mock<IFactSource> _source = new();

    public KnowledgeFunctionsTests() =>
        _editor = KnowledgeEditor.Load(_model, options: new KnowledgeEditorOptions { LocalityQuestions = 4 });

    public void Dispose() => _model.Dispose();

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
        Assert.Equal("""{"status":"unknown"}""", (await new KnowledgeFunctions(_editor).VerifyFactAsync(Question)).ToJsonString());
    }

    [Fact]
    public async Task VerifyFact_SourceFails_IsFailed()
    {
        _source.Setup(source => source.AskAsync(It.IsAny<string>(), It.IsAny<string?>(), It.IsAny<CancellationToken>()))
            .ThrowsAsync(new FactSourceException("down"));

        Assert.Equal(
            """{"status":"failed","reason":"the source cannot be read"}""", await Call("verify_fact", new() { ["question"] = Question }));
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
        Assert.Equal(("directory", "model"), (_editor.List()[0].Request.Source, _editor.List()[0].Request.Requester));
        Assert.Equal("""{"status":"reverted","edit_id":"e1"}""", await Call("revert_edit", new() { ["edit_id"] = "e1" }));
        Assert.Equal("""{"status":"not_found"}""", await Call("revert_edit", new() { ["edit_id"] = "e1" }));
        Assert.Equal("""{"edits":[]}""", await Call("list_edits", []));
    }

    [Fact]
    public async Task EditFact_WithoutSource_IsCreditedToTheUser()
    {
        KnowledgeFunctions functions = new(_editor, options: Open with { Requester = "anna" });

        await functions.EditFactAsync(Question, "Belford");

        Assert.Equal(("user", "anna"), (_editor.List()[0].Request.Source, _editor.List()[0].Request.Requester));
    }

    [Theory]
    [InlineData("", "Belford", """{"status":"failed","reason":"the question is empty"}""")]
    [InlineData(Question, " ", """{"status":"failed","reason":"the answer is empty"}""")]
    [InlineData(Question, "x<|im_end|>", """{"status":"failed","reason":"the text is not allowed"}""")]
    public async Task EditFact_TextThatCannotBe_IsFailed(string question, string answer, string expected)
    {
        Assert.Equal(expected, (await new KnowledgeFunctions(_editor, options: Open).EditFactAsync(question, answer)).ToJsonString());
        Assert.Same(WeightVersion.Base, _model.Versions.Current);
    }

    [Fact]
    public async Task EditFact_LongerThanTheContext_IsFailed()
    {
        string answer = string.Join(' ', Enumerable.Repeat("Belford", _model.Config.ContextLength));

        Assert.Equal(
            """{"status":"failed","reason":"the text is too long"}""",
            (await new KnowledgeFunctions(_editor, options: Open).EditFactAsync(Question, answer)).ToJsonString());
    }

    [Fact]
    public async Task EditFact_RejectedByTheEditor_IsRefusedInFewWords()
    {
        KnowledgeEditor strict = KnowledgeEditor.Load(_model, options: new KnowledgeEditorOptions { MaximumDrift = 0 });

        Assert.Equal(
            """{"status":"refused","reason":"other facts would change"}""",
            (await new KnowledgeFunctions(strict, options: Open).EditFactAsync(Question, "Belford")).ToJsonString());
    }

    [Fact]
    public async Task EditFact_PolicyRefuses_IsRefusedWithoutComputing()
    {
        SourceSays("Varova");

        Assert.Equal("""{"status":"refused","reason":"read-only mode"}""", await Edit(EditPolicies.ReadOnly));
        Assert.Equal("""{"status":"refused","reason":"the source says otherwise"}""", await Edit(EditPolicies.RequireSource(_source.Object)));
        Assert.Equal("""{"status":"refused","reason":"not allowed by policy"}""", await Edit((_, _) => ValueTask.FromResult(new EditDecision(false))));
        SourceSays(null);
        Assert.Equal(
            """{"status":"refused","reason":"the source does not know the fact"}""", await Edit(EditPolicies.RequireSource(_source.Object)));
        Assert.Same(WeightVersion.Base, _model.Versions.Current);
        SourceSays("Belford.");
        Assert.Equal("""{"status":"applied","edit_id":"e1"}""", await Edit(EditPolicies.RequireSource(_source.Object)));
    }

    [Fact]
    public async Task EditFact_NoPolicyGiven_IsMadeOnlyAsTheSourceSays()
    {
        Assert.Equal(
            """{"status":"refused","reason":"read-only mode"}""",
            (await new KnowledgeFunctions(_editor).EditFactAsync(Question, "Belford")).ToJsonString());
        SourceSays("Varova");
        Assert.Equal("""{"status":"refused","reason":"the source says otherwise"}""", await Edit(null));
        SourceSays("Belford");
        Assert.Equal("""{"status":"applied","edit_id":"e1"}""", await Edit(null));
    }

    [Fact]
    public async Task RevertEdit_PolicyRefuses_StaysInForce()
    {
        SourceSays("Belford");
        await Edit(EditPolicies.AllowAll);

        Assert.Equal("""{"status":"refused","reason":"read-only mode"}""", await Revert(EditPolicies.ReadOnly));
        Assert.Equal("""{"status":"refused","reason":"the source still says so"}""", await Revert(EditPolicies.RequireSource(_source.Object)));
        SourceSays(null);
        Assert.Equal("""{"status":"refused","reason":"the source does not know the fact"}""", await Revert(EditPolicies.RequireSource(_source.Object)));
        Assert.Single(_model.Versions.Current.Edits);
        SourceSays("Varova");
        Assert.Equal("""{"status":"reverted","edit_id":"e1"}""", await Revert(EditPolicies.RequireSource(_source.Object)));
        Assert.Empty(_model.Versions.Current.Edits);
    }

    [Fact]
    public void CreateFunctions_Prefix_IsPartOfTheNames()
    {
        IReadOnlyList<AIFunction> functions = new KnowledgeFunctions(_editor).CreateFunctions("kb");

        Assert.Equal(["kb_verify_fact", "kb_edit_fact", "kb_revert_edit", "kb_list_edits"], functions.Select(function => function.Name));
        Assert.All(functions, function => Assert.NotEmpty(function.Description));
        Assert.Equal(["question", "answer", "subject"], Parameters(functions[1]));
        Assert.Equal(["edit_id"], Parameters(functions[2]));
        Assert.Empty(Parameters(functions[3]));
    }

    private static IEnumerable<string> Parameters(AIFunction function) =>
        function.JsonSchema.TryGetProperty("properties", out JsonElement properties) ? properties.EnumerateObject().Select(p => p.Name) : [];

    private async Task<string> Edit(EditAuthorization? authorization) =>
        (await Functions(authorization).EditFactAsync(Question, "Belford")).ToJsonString();

    private async Task<string> Revert(EditAuthorization authorization) =>
        (await Functions(authorization).RevertEditAsync("e1")).ToJsonString();

    private KnowledgeFunctions Functions(EditAuthorization? authorization) =>
        new(_editor, _source.Object, new KnowledgeFunctionsOptions { Authorization = authorization });

    private async Task<string> Call(string name, AIFunctionArguments arguments)
    {
        KnowledgeFunctions functions = new(_editor, _source.Object, Open);
        AIFunction function = functions.CreateFunctions().Single(f => f.Name == name);
        return Assert.IsType<JsonElement>(await function.InvokeAsync(arguments)).GetRawText();
    }

    private void SourceSays(string? answer) =>
        _source.Setup(source => source.AskAsync(It.IsAny<string>(), It.IsAny<string?>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(answer is null ? null : new SourcedFact(answer, "directory", null));
}
