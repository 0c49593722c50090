using System.Collections.Frozen;
using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge.Sources;

/// <summary>
/// Facts by their questions. Case, spacing and final punctuation of a question do not count, and the wordings of a model's card that ask the same are
/// one question. Of several rows about one fact the newest counts. Immutable.
/// </summary>
internal sealed class FactTable
{
    private const int ReportedErrors = 5;

    private readonly ModelCard _card;
    private readonly FrozenDictionary<string, SourcedFact> _facts;

    private FactTable(ModelCard card, IReadOnlyList<CatalogFact> rows, FrozenDictionary<string, SourcedFact> facts) =>
        (_card, Rows, _facts) = (card, rows, facts);

    /// <summary>The facts in their order, as they were given.</summary>
    public IReadOnlyList<CatalogFact> Rows { get; }

    /// <summary>Makes a table of what a source gives.</summary>
    /// <param name="card">The wordings that ask the same.</param>
    /// <param name="source">The source's name.</param>
    /// <param name="place">Where it is, for messages.</param>
    /// <param name="parse">Gives the rows; bad ones are told to its argument and passed over.</param>
    /// <exception cref="FactSourceException">A row is bad, or two contradict each other; the message names them.</exception>
    public static FactTable Create(ModelCard card, string source, string place, Func<Action<string>, IEnumerable<FactRow>> parse)
    {
        List<string> errors = [];
        Dictionary<string, FactRow> newest = new(StringComparer.Ordinal);
        List<CatalogFact> rows = [];
        try
        {
            foreach (FactRow row in parse(errors.Add))
            {
                rows.Add(new CatalogFact(row.Question, row.Answer, source, row.AsOf));
                Add(newest, card.FactKey(row.Question), row, errors);
            }
        }
        catch (FormatException error)
        {
            errors.Add(error.Message);
        }

        if (errors.Count > 0)
        {
            string more = errors.Count > ReportedErrors ? $"; and {errors.Count - ReportedErrors} more" : "";
            throw new FactSourceException($"{place}: {string.Join("; ", errors.Take(ReportedErrors))}{more}.");
        }

        return new FactTable(card, rows, newest.ToFrozenDictionary(fact => fact.Key, fact => new SourcedFact(fact.Value.Answer, source, fact.Value.AsOf)));
    }

    /// <summary>The answer to a question; null where it is not known.</summary>
    public SourcedFact? Find(string question) => _facts.GetValueOrDefault(_card.FactKey(question));

    private static void Add(Dictionary<string, FactRow> facts, string key, FactRow row, List<string> errors)
    {
        if (!facts.TryGetValue(key, out FactRow? other) || Nullable.Compare(row.AsOf, other.AsOf) > 0)
        {
            facts[key] = row;
        }
        else if (row.AsOf == other.AsOf && !FactText.SameAnswer(row.Answer, other.Answer))
        {
            errors.Add($"{row.Place}: another answer to the same question, of the same day, as {other.Place}");
        }
    }
}
