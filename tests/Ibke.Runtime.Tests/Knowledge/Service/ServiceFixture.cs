using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Models;
using Ibke.Runtime.Tests.Editing;
using Ibke.Runtime.Tests.Knowledge.Journals;
using Ibke.Runtime.Tests.Models;

namespace Ibke.Runtime.Tests.Knowledge.Service;

/// <summary>Services on one place for a journal, each with a model of its own, as processes have.</summary>
internal sealed class ServiceFixture(string store = "sqlite") : IAsyncDisposable
{
    private readonly JournalStore _place = JournalStores.Create(store);
    private readonly List<(KnowledgeService Service, LanguageModel Model)> _open = [];

    public static Caller Operator { get; } = Caller.Person("anna", KnowledgeRoles.All);

    public static FactProposal Birthplace { get; } = new() { Request = SampleEdits.Birthplace };

    public static FactProposal Mayor { get; } = new() { Request = SampleEdits.Mayor };

    public JournalStore Place => _place;

    public async Task<KnowledgeService> OpenAsync(KnowledgeServiceOptions? options = null, KnowledgeEditorOptions? editing = null)
    {
        LanguageModel model = Atlas.Load();
        KnowledgeEditor editor = KnowledgeEditor.Load(model, options: editing);
        KnowledgeService service = await KnowledgeService.OpenAsync(
            editor, await _place.OpenAsync(KnowledgeService.IdentityOf(editor)), options ?? new KnowledgeServiceOptions());
        _open.Add((service, model));
        return service;
    }

    public async Task CloseAsync(KnowledgeService service)
    {
        (KnowledgeService Service, LanguageModel Model) found = _open.Single(pair => pair.Service == service);
        _open.Remove(found);
        await service.DisposeAsync();
        found.Model.Dispose();
    }

    public static async Task<string> AskAsync(KnowledgeService service, string question) => (await service.VerifyAsync(question)).Answer;

    public static async Task<List<JournalEntry>> EntriesAsync(KnowledgeService service)
    {
        List<JournalEntry> entries = [];
        await foreach (JournalEntry entry in service.Journal.ReadAsync(JournalHead.Empty))
        {
            entries.Add(entry);
        }

        return entries;
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((KnowledgeService service, LanguageModel model) in _open)
        {
            await service.DisposeAsync();
            model.Dispose();
        }

        await _place.DisposeAsync();
    }
}
