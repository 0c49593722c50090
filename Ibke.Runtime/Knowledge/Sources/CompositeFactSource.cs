using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge.Sources;

/// <summary>
/// Several sources as one. The first rank with a source that knows a fact answers for all; where sources of that rank disagree, nobody guesses: it is an
/// exception that says who says what.
/// </summary>
/// <remarks>Thread-safe as its sources are, which stay the caller's.</remarks>
public sealed class CompositeFactSource : IFactCatalog
{
    private readonly IReadOnlyList<IReadOnlyList<IFactSource>> _ranks;

    /// <summary>Puts sources together.</summary>
    /// <param name="ranks">Most trusted first; within a rank all count the same.</param>
    /// <exception cref="ArgumentException">There is no source.</exception>
    public CompositeFactSource(params IReadOnlyList<IReadOnlyList<IFactSource>> ranks)
    {
        ArgumentNullException.ThrowIfNull(ranks);
        if (ranks.Count == 0 || ranks.Any(rank => rank.Count == 0))
        {
            throw new ArgumentException("Each rank needs a source.", nameof(ranks));
        }

        _ranks = ranks;
    }

    /// <inheritdoc/>
    public string Name => string.Join(", ", _ranks.SelectMany(rank => rank).Select(source => source.Name));

    /// <inheritdoc/>
    public string Class { get; init; } = "composite";

    /// <inheritdoc/>
    public async Task<SourcedFact?> AskAsync(string question, string? subject = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        foreach (IReadOnlyList<IFactSource> rank in _ranks)
        {
            SourcedFact?[] said = await Task.WhenAll(rank.Select(source => source.AskAsync(question, subject, cancellationToken))).ConfigureAwait(false);
            SourcedFact[] known = [.. said.OfType<SourcedFact>()];
            if (known.FirstOrDefault(fact => !FactText.SameAnswer(fact.Answer, known[0].Answer)) is { } other)
            {
                throw new FactConflictException(question, known);
            }

            if (known.Length > 0)
            {
                return known.MaxBy(fact => fact.AsOf ?? DateOnly.MinValue);
            }
        }

        return null;
    }

    /// <summary>The facts of all sources that can list theirs, each question once; what is in a higher rank comes first.</summary>
    /// <exception cref="FactSourceException">A source cannot be read at present.</exception>
    public async Task<IReadOnlyList<CatalogFact>> ListAsync(CancellationToken cancellationToken = default)
    {
        List<CatalogFact> facts = [];
        foreach (IFactCatalog catalog in _ranks.SelectMany(rank => rank).OfType<IFactCatalog>())
        {
            facts.AddRange(await catalog.ListAsync(cancellationToken).ConfigureAwait(false));
        }

        return [.. facts.DistinctBy(fact => FactText.NormalizeQuestion(fact.Question))];
    }
}
