using System.Text.Json;
using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Knowledge;

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

    private protected override IEnumerable<FactRow> Parse(string text, Action<string> report)
    {
        using JsonDocument document = ParseDocument(text);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException("the file must hold a list of objects with question, answer and as_of");
        }

        int number = 0;
        foreach (JsonElement entry in document.RootElement.EnumerateArray())
        {
            string place = $"entry {++number}";
            if (entry.ValueKind != JsonValueKind.Object)
            {
                report($"{place}: not an object with question, answer and as_of");
            }
            else if (ParseEntry(entry, place, report) is { } row)
            {
                yield return row;
            }
        }
    }

    private static FactRow? ParseEntry(JsonElement entry, string place, Action<string> report)
    {
        try
        {
            return FactRow.TryParse(place, Text(entry, "question"), Text(entry, "answer"), Text(entry, "as_of"), report);
        }
        catch (InvalidOperationException)
        {
            // An escape that is half a surrogate pair is valid JSON, but no text.
            report($"{place}: half a surrogate pair");
            return null;
        }
    }

    private static JsonDocument ParseDocument(string text)
    {
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        }
        catch (JsonException error)
        {
            throw new FormatException($"not JSON: {error.Message.TrimEnd('.')}", error);
        }
    }

    // Numbers and truth values are answers as well.
    private static string? Text(JsonElement entry, string name) => entry.TryGetProperty(name, out JsonElement value)
        ? value.ValueKind == JsonValueKind.Null ? null : value.ToString()
        : null;
}
