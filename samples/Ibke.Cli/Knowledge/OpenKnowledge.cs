using Ibke.Runtime.Knowledge.Service;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Models;

namespace Ibke.Cli.Knowledge;

/// <summary>An open service and what belongs to it.</summary>
/// <param name="Service">The service.</param>
/// <param name="Model">Its model.</param>
/// <param name="Sources">What is true at present.</param>
/// <param name="Client">Asks addresses.</param>
internal sealed record OpenKnowledge(KnowledgeService Service, LanguageModel Model, IReadOnlyList<IFactCatalog> Sources, HttpClient Client) : IAsyncDisposable
{
    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        Model.Dispose();
        Client.Dispose();
    }
}
