using System.Text.Json;
using Ibke.Runtime.Knowledge.Functions;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;

namespace Ibke.SemanticKernel.Tests;

/// <summary>Who calls is what the kernel says, never what the model says.</summary>
public sealed class KernelCallerTests : IDisposable
{
    private const string Question = "Who is the CEO of Hazel Health?";

    private readonly LanguageModel _model = AtlasModel.Load();
    private readonly ServiceProvider _services;

    public KernelCallerTests()
    {
        ServiceCollection services = new();
        services.AddIbkeChatClient(_model);
        services.AddSingleton<IFactSource>(new Directory());
        services.AddIbkeKnowledgeEditing(
            functions: KnowledgeFunctionSet.All,
            serviceOptions: new KnowledgeServiceOptions
            {
                Policy = KnowledgePolicy.Trusting with { Approvals = [new ApprovalRule(new FactPattern { Subject = "Hazel Health" }, 1)] },
            });
        services.AddTransient(provider => new Kernel(provider, new KernelPluginCollection(provider.GetServices<KernelPlugin>())));
        _services = services.BuildServiceProvider();
    }

    public void Dispose()
    {
        _services.Dispose();
        _model.Dispose();
    }

    [Fact]
    public async Task EditFact_CallerOfTheKernel_IsWhoTheJournalNames()
    {
        Kernel anna = For(Caller.Person("anna", KnowledgeRoles.Propose)), bert = For(Caller.Person("bert", KnowledgeRoles.All));

        string waits = await Call(anna, "edit_fact", new() { ["question"] = Question, ["answer"] = "Jana Mbeki", ["subject"] = "Hazel Health", ["caller"] = "bert" });
        string self = await Call(anna, "approve_edit", new() { ["edit_id"] = "e1" });
        string listed = await Call(bert, "list_proposals", []);
        string approved = await Call(bert, "approve_edit", new() { ["edit_id"] = "e1" });

        Assert.Equal("""{"status":"waiting","edit_id":"e1"}""", waits);
        Assert.StartsWith("""{"status":"refused""" + "\"", self, StringComparison.Ordinal);
        Assert.Equal("""{"proposals":[{"edit_id":"e1","question":"Who is the CEO of Hazel Health?","answer":"Jana Mbeki","missing":1}]}""", listed);
        Assert.Equal("""{"status":"applied","edit_id":"e1"}""", approved);
        KnownEdit edit = Assert.Single(Service.State.Edits);
        Assert.Equal(("anna", "bert"), (edit.By.Name, Assert.Single(edit.ApprovedBy)));
    }

    [Fact]
    public async Task EditFact_KernelWithoutCaller_IsCalledByTheModelWhoMayNotApprove()
    {
        Kernel kernel = _services.GetRequiredService<Kernel>();
        await Call(kernel, "edit_fact", new() { ["question"] = Question, ["answer"] = "Jana Mbeki", ["subject"] = "Hazel Health" });

        Assert.StartsWith("""{"status":"refused""" + "\"", await Call(kernel, "approve_edit", new() { ["edit_id"] = "e1" }), StringComparison.Ordinal);
        Assert.Equal(CallerKind.Model, Service.State.Pending[0].By.Kind);
    }

    [Fact]
    public async Task EditFact_AnonymousCaller_IsRefused()
    {
        string refused = await Call(For(Caller.Anonymous), "edit_fact", new() { ["question"] = "Where was Leona Zeller born?", ["answer"] = "Belford" });

        Assert.StartsWith("""{"status":"refused""" + "\"", refused, StringComparison.Ordinal);
        Assert.Empty(Service.State.Edits);
    }

    [Fact]
    public async Task FindStaleFacts_SourceSaysOtherwise_NamesThem() => Assert.Equal(
        """{"facts":2,"stale":[{"question":"Where was Leona Zeller born?","answer":"Tamfield","current":"Belford"}]}""",
        await Call(For(Caller.Person("anna", KnowledgeRoles.All)), "find_stale_facts", []));

    private KnowledgeService Service => _services.GetRequiredService<KnowledgeService>();

    private Kernel For(Caller caller)
    {
        Kernel kernel = _services.GetRequiredService<Kernel>();
        kernel.SetKnowledgeCaller(caller);
        Assert.Same(caller, kernel.GetKnowledgeCaller());
        return kernel;
    }

    private static async Task<string> Call(Kernel kernel, string function, KernelArguments arguments) =>
        (await kernel.InvokeAsync(KnowledgeEditPlugin.DefaultName, function, arguments)).GetValue<JsonElement>().GetRawText();

    private sealed class Directory : IFactCatalog
    {
        private static readonly CatalogFact[] _facts =
            [new("Where was Leona Zeller born?", "Belford", "directory", null), new("Who is the mayor of Salana?", "Quentin Sato", "directory", null)];

        public string Name => "directory";

        public Task<SourcedFact?> AskAsync(string question, string? subject = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(_facts.Where(fact => fact.Question == question).Select(fact => new SourcedFact(fact.Answer, Name, null)).FirstOrDefault());

        public Task<IReadOnlyList<CatalogFact>> ListAsync(CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<CatalogFact>>(_facts);
    }
}
