using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Models;

namespace Ibke.CrashHost;

/// <summary>A model, and the service on a journal: a file, or a connection string and a schema with a bar between.</summary>
internal sealed class OpenService : IAsyncDisposable
{
    private OpenService(LanguageModel model, KnowledgeService service) => (Model, Service) = (model, service);

    public static Caller Caller { get; } = Caller.Service("crash-host", KnowledgeRoles.All);

    public LanguageModel Model { get; }

    public KnowledgeService Service { get; }

    public static async Task<OpenService> OpenAsync(string folder, string place, Action<string>? afterStep = null)
    {
        LanguageModel model = LanguageModel.Load(folder);
        KnowledgeEditor editor = KnowledgeEditor.Load(model, options: new KnowledgeEditorOptions { GeneralityQuestions = 1, LocalityQuestions = 2 });
        JournalIdentity identity = KnowledgeService.IdentityOf(editor);
        EditJournal journal = place.Contains('=', StringComparison.Ordinal)
            ? await PostgresJournal.OpenAsync(place[..place.LastIndexOf('|')], identity, place[(place.LastIndexOf('|') + 1)..])
            : await SqliteJournal.OpenAsync(place, identity);
        KnowledgeServiceOptions options = new() { Policy = KnowledgePolicy.Trusting with { CallerLimit = null, GlobalLimit = null }, AfterStep = afterStep ?? (_ => { }) };
        return new OpenService(model, await KnowledgeService.OpenAsync(editor, journal, options));
    }

    /// <summary>The number and hash of the last entry, the edits, and the key of the published weights, on a line of standard output.</summary>
    public void Say(string what)
    {
        KnowledgeState state = Service.State;
        string edits = string.Join(',', state.Edits.Select(edit => edit.Id));
        Console.Out.WriteLine(FormattableString.Invariant(
            $"{what} {state.Head.Sequence} {state.Head.Hash} {(state.Suspended ? "suspended" : "serving")} [{edits}] {Model.Versions.Current.Key}"));
        Console.Out.Flush();
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        Model.Dispose();
    }
}
