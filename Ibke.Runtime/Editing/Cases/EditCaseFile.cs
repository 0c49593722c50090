using System.Text;
using System.Text.Json;

namespace Ibke.Runtime.Editing.Cases;

/// <summary>
/// Reads files of edits. JSON: one record a line, or one list of records; the project's own form, CounterFact (flat, or as the paper
/// published it) and ZsRE, told apart by their fields. CSV (<c>.csv</c>): <c>subject,relation,object</c> with templates beside it.
/// </summary>
/// <remarks>
/// The project's own form: <c>{"id"?, "subject"?, "relation"?, "prompt", "answer", "previous"?, "kind"?, "rephrasings"?: [text],
/// "cloze"?: [text or {"prompt", "end"?}], "conversations"?: [{"messages", "tools"?, "kind"?}], "locality"?: [text or {"prompt", "kind"?,
/// "form"?: "chat" or "cloze", "subject"?, "relation"?}], "keep"?: [{"messages",
/// "tools"?}], "portability"?: [{"prompt", "answer", "kind"?}], "source"?}</c>. Unknown fields
/// are passed over. White space around texts does not count.
/// </remarks>
public static class EditCaseFile
{
    private const int DeepestJson = 64;

    private static readonly Encoding _strictUtf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>All cases of a file, in its order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="templates">
    /// The file of templates for a CSV file; null for the one beside it, <c>NAME.templates.json</c>: an object that has, for each relation,
    /// <c>{"prompt", "rephrasings"?: [text], "cloze"?: [text]}</c> with <c>{s}</c> where the subject goes.
    /// </param>
    /// <returns>At least one case.</returns>
    /// <exception cref="EditCaseException">The file is missing, empty or not in a form that is known; names line and field. Nothing is returned then.</exception>
    public static IReadOnlyList<EditCase> Read(string path, string? templates = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string text = ReadText(path);
        IReadOnlyList<EditCase> cases = System.IO.Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase)
            ? ReadCsv(path, text, templates ?? System.IO.Path.ChangeExtension(path, ".templates.json"))
            : text.AsSpan().TrimStart().StartsWith("[") ? ReadList(path, text) : ReadLines(path, text);
        return cases.Count > 0 ? cases : throw new EditCaseException(path, null, "The file holds no edits.");
    }

    private static string ReadText(string path)
    {
        if (!File.Exists(path))
        {
            throw new EditCaseException(path, null, "There is no such file. Give a file of JSON lines, each {\"prompt\", \"answer\"}.");
        }

        try
        {
            return File.ReadAllText(path, _strictUtf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new EditCaseException(path, null, "The file is not UTF-8.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EditCaseException(path, null, $"The file cannot be read: {e.Message}", e);
        }
    }

    private static List<EditCase> ReadLines(string path, string text)
    {
        List<EditCase> cases = [];
        using StringReader reader = new(text);
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                cases.Add(At(path, number, () => EditCaseRecord.Read(Parse(line), $"line {number}")));
            }
        }

        return cases;
    }

    private static JsonElement Parse(string line)
    {
        try
        {
            return JsonElement.Parse(line, new JsonDocumentOptions { MaxDepth = DeepestJson });
        }
        catch (JsonException e)
        {
            throw new FormatException($"The line is not JSON: {e.Message}", e);
        }
    }

    // Record by record, so that an error can name the line that its record begins on.
    private static List<EditCase> ReadList(string path, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Utf8JsonReader reader = new(bytes, new JsonReaderOptions { MaxDepth = DeepestJson });
        List<EditCase> cases = [];
        int line = 1, counted = 0;
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                int start = (int)reader.TokenStartIndex;
                line += bytes.AsSpan(counted..start).Count((byte)'\n');
                counted = start;
                JsonElement record = JsonElement.ParseValue(ref reader);
                cases.Add(At(path, line, () => EditCaseRecord.Read(record, $"record {cases.Count + 1}")));
            }

            reader.Read();
            return cases;
        }
        catch (JsonException e)
        {
            throw new EditCaseException(path, (int)(e.LineNumber ?? 0) + 1, $"The file is not a JSON list: {e.Message}", e);
        }
    }

    private static IReadOnlyList<EditCase> ReadCsv(string path, string text, string templates)
    {
        IReadOnlyDictionary<string, RelationTemplates> relations = RelationTemplates.ReadFile(templates, ReadText(templates));
        return CsvFacts.Read(path, text, relations);
    }

    private static EditCase At(string path, int line, Func<EditCase> read)
    {
        try
        {
            return read();
        }
        catch (FormatException e)
        {
            throw new EditCaseException(path, line, e.Message, e);
        }
    }
}
