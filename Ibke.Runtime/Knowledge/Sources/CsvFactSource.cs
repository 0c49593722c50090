using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Cases;

namespace Ibke.Runtime.Knowledge.Sources;

/// <summary>
/// Facts in a file of comma-separated values, UTF-8, with a first line that names the columns <c>question</c>, <c>answer</c> and
/// <c>as_of</c> (a day such as 2026-03-31, may be empty); others are passed over.
/// </summary>
public sealed class CsvFactSource : FileFactSource
{
    /// <summary>Names the file; it is read when the first question comes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="card">The wordings that ask the same; null for none.</param>
    public CsvFactSource(string path, ModelCard? card = null)
        : base(path, card)
    {
    }

    private protected override IEnumerable<FactRow> Parse(string text, Action<string> report)
    {
        IReadOnlyList<CsvRecord> records = CsvRecords.Parse(text);
        if (records.Count == 0)
        {
            throw new FormatException("the file is empty; its first line must name the columns question,answer,as_of");
        }

        List<string> header = [.. records[0].Fields.Select(name => name.Trim().ToLowerInvariant())];
        int question = Column(header, "question"), answer = Column(header, "answer"), asOf = Column(header, "as_of");
        foreach (CsvRecord record in records.Skip(1))
        {
            string place = $"line {record.Line}";
            if (record.Fields.Count != header.Count)
            {
                report($"{place}: {record.Fields.Count} fields, but the first line names {header.Count}");
            }
            else if (FactRow.TryParse(place, record.Fields[question], record.Fields[answer], record.Fields[asOf], report) is { } row)
            {
                yield return row;
            }
        }
    }

    private static int Column(List<string> header, string name) => header.IndexOf(name) is var column and >= 0
        ? column
        : throw new FormatException($"the first line names {string.Join(", ", header)}, but must name question, answer and as_of");
}
