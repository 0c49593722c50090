namespace Ibke.Runtime.Editing.Cases;

/// <summary>
/// Edits from rows of subject, relation and object. The questions come from templates; the neighbours of a row are other relations of its
/// subject, and its relation of other subjects.
/// </summary>
internal static class CsvFacts
{
    private const int NeighboursOfAKind = 2;

    private static readonly string[] _columns = ["subject", "relation", "object"];

    /// <summary>Reads all rows.</summary>
    /// <param name="path">Named in errors.</param>
    /// <param name="text">The file's text; its first record names the columns, in any order, others among them are passed over.</param>
    /// <param name="templates">By relation.</param>
    /// <exception cref="EditCaseException">A row is not in the form, or its relation has no templates; names the line.</exception>
    public static IReadOnlyList<EditCase> Read(string path, string text, IReadOnlyDictionary<string, RelationTemplates> templates)
    {
        Row[] rows = ReadRows(path, text);
        foreach (Row row in rows)
        {
            if (!templates.ContainsKey(row.Relation))
            {
                throw new EditCaseException(path, row.Line, $"There are no templates for the relation \"{row.Relation}\".");
            }
        }

        ILookup<string, Row> bySubject = rows.ToLookup(row => row.Subject, StringComparer.Ordinal);
        Dictionary<string, Row[]> byRelation = rows.GroupBy(row => row.Relation).ToDictionary(group => group.Key, group => group.ToArray());
        Dictionary<Row, int> places = byRelation.Values.SelectMany(group => group.Select((row, i) => (row, i))).ToDictionary(pair => pair.row, pair => pair.i);
        return [.. rows.Select(row => Case(row, templates, Neighbours(row, bySubject, byRelation[row.Relation], places[row])))];
    }

    // The subject's other facts in the file's order; the relation's next rows of other subjects, the first again after the last.
    private static IEnumerable<(Row Row, string Kind)> Neighbours(Row row, ILookup<string, Row> bySubject, Row[] sameRelation, int place)
    {
        IEnumerable<Row> ofSubject = bySubject[row.Subject].Where(other => other.Relation != row.Relation).DistinctBy(other => other.Relation);
        IEnumerable<Row> ofRelation = Enumerable.Range(1, Math.Min(sameRelation.Length - 1, 8 * NeighboursOfAKind))
            .Select(step => sameRelation[(place + step) % sameRelation.Length])
            .Where(other => other.Subject != row.Subject)
            .DistinctBy(other => other.Subject);
        return ofSubject.Take(NeighboursOfAKind).Select(other => (other, "same_subject"))
            .Concat(ofRelation.Take(NeighboursOfAKind).Select(other => (other, "same_relation")));
    }

    private static EditCase Case(Row row, IReadOnlyDictionary<string, RelationTemplates> templates, IEnumerable<(Row Row, string Kind)> neighbours)
    {
        RelationTemplates own = templates[row.Relation];
        return new EditCase
        {
            Id = $"line {row.Line}",
            Subject = row.Subject,
            Relation = row.Relation,
            Prompt = RelationTemplates.Fill(own.Prompt, row.Subject),
            Answer = row.Object,
            Rephrasings = [.. own.Rephrasings.Select(template => RelationTemplates.Fill(template, row.Subject))],
            Cloze = [.. own.Cloze.Select(template => new ClozePrompt(RelationTemplates.Fill(template, row.Subject)))],
            Locality = [.. neighbours.Select(near => new LocalityPrompt(
                RelationTemplates.Fill(templates[near.Row.Relation].Prompt, near.Row.Subject),
                near.Kind,
                Subject: near.Row.Subject,
                Relation: near.Row.Relation))],
        };
    }

    private static Row[] ReadRows(string path, string text)
    {
        IReadOnlyList<CsvRecord> records;
        try
        {
            records = CsvRecords.Parse(text);
        }
        catch (FormatException e)
        {
            throw new EditCaseException(path, null, $"Not comma-separated values: {e.Message}.", e);
        }

        if (records.Count == 0)
        {
            return [];
        }

        string[] names = [.. records[0].Fields.Select(name => name.Trim())];
        int[] columns = [.. _columns.Select(name => Array.FindIndex(names, other => other.Equals(name, StringComparison.OrdinalIgnoreCase)))];
        if (columns.Contains(-1))
        {
            throw new EditCaseException(path, records[0].Line, $"The first line must name the columns {string.Join(", ", _columns)}.");
        }

        return [.. records.Skip(1).Select(record => ReadRow(path, record, columns))];
    }

    private static Row ReadRow(string path, CsvRecord record, int[] columns)
    {
        string[] fields = [.. columns.Select(column => column < record.Fields.Count ? record.Fields[column].Trim() : "")];
        int blank = Array.IndexOf(fields, "");
        return blank < 0
            ? new Row(record.Line, fields[0], fields[1], fields[2])
            : throw new EditCaseException(path, record.Line, $"There is no {_columns[blank]}.");
    }

    private sealed record Row(int Line, string Subject, string Relation, string Object);
}
