using Ibke.Runtime.Knowledge.Sources;
using Ibke.Samples.KnowledgeMaintenanceBot.Sources;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Passes;

/// <summary>What all sources say of some facts, for a sweep. No source counts more than another: where they disagree, nobody guesses.</summary>
internal sealed class KnownFacts(IReadOnlyList<WatchedSource> sources, FactKeys keys, IReadOnlyList<string> questions) : IFactCatalog
{
    private readonly CompositeFactSource _all = new([[.. sources]]);

    /// <inheritdoc/>
    public string Name => _all.Name;

    /// <inheritdoc/>
    public Task<SourcedFact?> AskAsync(string question, string? subject = null, CancellationToken cancellationToken = default) =>
        _all.AskAsync(question, subject, cancellationToken);

    /// <summary>The facts that a source still knows.</summary>
    public Task<IReadOnlyList<CatalogFact>> ListAsync(CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<CatalogFact>>(
        [.. questions.Select(question => sources.Select(source => source.Find(keys.Of(question))).FirstOrDefault(fact => fact is not null)).OfType<CatalogFact>()]);
}
