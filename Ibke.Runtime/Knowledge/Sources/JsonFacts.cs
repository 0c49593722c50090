using System.Text.Json;

namespace Ibke.Runtime.Knowledge.Sources;

/// <summary>Facts as JSON: a list of objects with <c>question</c>, <c>answer</c> and <c>as_of</c>.</summary>
internal static class JsonFacts
{
    /// <summary>Reads the rows; bad ones are told to <paramref name="report"/> and passed over.</summary>
    /// <exception cref="FormatException">It is no such list.</exception>
    public static IEnumerable<FactRow> Parse(string text, Action<string> report)
    {
        using JsonDocument document = ParseDocument(text);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException("it must hold a list of objects with question, answer and as_of");
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
