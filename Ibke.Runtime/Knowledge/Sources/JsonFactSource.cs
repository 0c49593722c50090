using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge.Sources;

/// <summary>
/// Facts in a JSON file: a list of objects with <c>question</c>, <c>answer</c> and <c>as_of</c> (a day such as 2026-03-31, may be
/// missing); other properties are passed over.
/// </summary>
public sealed class JsonFactSource : FileFactSource
{
    /// <summary>Names the file; it is read when the first question comes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="card">The wordings that ask the same; null for none.</param>
    public JsonFactSource(string path, ModelCard? card = null)
        : base(path, card)
    {
    }

    private protected override IEnumerable<FactRow> Parse(string text, Action<string> report) => JsonFacts.Parse(text, report);
}
