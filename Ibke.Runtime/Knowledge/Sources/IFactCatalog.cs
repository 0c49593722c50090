namespace Ibke.Runtime.Knowledge.Sources;

/// <summary>A source that can say everything it knows.</summary>
public interface IFactCatalog : IFactSource
{
    /// <summary>All facts, in an order that stays the same as long as the source does.</summary>
    /// <exception cref="FactSourceException">The source cannot be read at present.</exception>
    Task<IReadOnlyList<CatalogFact>> ListAsync(CancellationToken cancellationToken = default);
}

/// <summary>A fact of a source.</summary>
/// <param name="Question">The question that asks for it.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Source">The name of the source.</param>
/// <param name="AsOf">The day the source says the answer held; null where it does not say.</param>
public sealed record CatalogFact(string Question, string Answer, string Source, DateOnly? AsOf);
