using System.Text.Json;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Functions;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Models;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Ibke.SemanticKernel.Tests;

public sealed class KnowledgeEditPluginTests : IDisposable
{
    private const string Question = "Who is the CEO of Hazel Health?";

    private readonly LanguageModel _model = AtlasModel.Load();
    private readonly KnowledgeService _service;
    private readonly KnowledgeFunctions _functions;
    private readonly Kernel _kernel = new();

    public KnowledgeEditPluginTests()
    {
        KnowledgeEditor editor = KnowledgeEditor.Load(_model);
        SqliteJournal journal = SqliteJournal.InMemoryAsync(KnowledgeService.IdentityOf(editor)).Result;
        _service = KnowledgeService.OpenAsync(editor, journal, new KnowledgeServiceOptions { Policy = KnowledgePolicy.Trusting }).Result;
        _functions = new KnowledgeFunctions(_service, Caller.Model("test"));
    }

    public void Dispose()
    {
        _service.DisposeAsync().AsTask().Wait();
        _model.Dispose();
    }

    [Fact]
    public void Functions_OfThePlugin_AreThoseOfTheRuntime()
    {
        var plugin = new KnowledgeEditPlugin(_functions);
        IReadOnlyList<AIFunction> originals = _functions.CreateFunctions();

        Assert.Equal(4, plugin.FunctionCount);
        Assert.Equal(originals.Select(f => f.Name), plugin.Select(f => f.Metadata.Name));
        Assert.Equal(originals.Select(f => f.Description), plugin.Select(f => f.Description));
        Assert.Equal(originals.Select(Parameters), plugin.Select(Parameters));
        Assert.All(plugin, f => Assert.StartsWith("KnowledgeEdit_", ((AIFunction)f).Name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invoke_EditListRevert_GivesTheRuntimesJson()
    {
        var plugin = new KnowledgeEditPlugin(_functions);

        JsonElement edit = await Invoke(plugin, "edit_fact", new() { ["question"] = Question, ["answer"] = "Jana Mbeki", ["subject"] = "Hazel Health" });
        JsonElement list = await Invoke(plugin, "list_edits", []);
        JsonElement revert = await Invoke(plugin, "revert_edit", new() { ["edit_id"] = "e1" });
        JsonElement again = await Invoke(plugin, "revert_edit", new() { ["edit_id"] = "e1" });

        Assert.Equal("""{"status":"applied","edit_id":"e1"}""", Text(edit));
        Assert.Equal("""{"edits":[{"edit_id":"e1","question":"Who is the CEO of Hazel Health?","answer":"Jana Mbeki"}]}""", Text(list));
        Assert.Equal("""{"status":"reverted","edit_id":"e1"}""", Text(revert));
        Assert.Equal("""{"status":"not_found"}""", Text(again));
        Assert.Empty(_model.Versions.Current.Edits);
    }

    [Fact]
    public async Task Invoke_NoSourceKnowsTheFact_IsUnknown() =>
        Assert.Equal("""{"status":"unknown"}""", Text(await Invoke(new KnowledgeEditPlugin(_functions), "verify_fact", new() { ["question"] = Question })));

    [Fact]
    public async Task Invoke_FilterOfTheKernelRefuses_NothingIsEdited()
    {
        _kernel.FunctionInvocationFilters.Add(new Refuse());

        FunctionResult result = await _kernel.InvokeAsync(
            new KnowledgeEditPlugin(_functions)["edit_fact"], new() { ["question"] = Question, ["answer"] = "Jana Mbeki" });

        Assert.Equal("refused", result.GetValue<string>());
        Assert.Empty(_model.Versions.Current.Edits);
    }

    [Fact]
    public void Constructor_OtherName_IsInTheFunctionsNames()
    {
        var plugin = new KnowledgeEditPlugin(_functions, "Facts");

        Assert.Equal("Facts", plugin.Name);
        Assert.Equal("Facts_verify_fact", ((AIFunction)plugin["verify_fact"]).Name);
        Assert.False(plugin.TryGetFunction("forget_fact", out _));
    }

    [Fact]
    public void Constructor_BadArguments_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => new KnowledgeEditPlugin(null!));
        Assert.Throws<ArgumentException>(() => new KnowledgeEditPlugin(_functions, "knowledge edit"));
    }

    private static string Parameters(AIFunction function) =>
        string.Join(", ", function.JsonSchema.GetProperty("properties").EnumerateObject()
            .Select(p => $"{p.Name}: {(p.Value.TryGetProperty("description", out JsonElement text) ? text.GetString() : null)}"));

    private static string Text(JsonElement element) => element.GetRawText();

    private async Task<JsonElement> Invoke(KnowledgeEditPlugin plugin, string function, KernelArguments arguments) =>
        (await _kernel.InvokeAsync(plugin[function], arguments)).GetValue<JsonElement>();

    private sealed class Refuse : IFunctionInvocationFilter
    {
        public Task OnFunctionInvocationAsync(Microsoft.SemanticKernel.FunctionInvocationContext context, Func<Microsoft.SemanticKernel.FunctionInvocationContext, Task> next)
        {
            context.Result = new FunctionResult(context.Function, "refused");
            return Task.CompletedTask;
        }
    }
}
