using System.Text.Json;

namespace Ibke.Runtime.Editing.Cases;

/// <summary>How a relation is asked for. <see cref="Placeholder"/> stands where the subject goes.</summary>
/// <param name="Prompt">The question that an edit is made with.</param>
/// <param name="Rephrasings">Other ways to ask the same.</param>
/// <param name="Cloze">Plain texts that the object continues.</param>
internal sealed record RelationTemplates(string Prompt, IReadOnlyList<string> Rephrasings, IReadOnlyList<string> Cloze)
{
    /// <summary>Stands where the subject goes.</summary>
    public const string Placeholder = "{s}";

    /// <summary>The templates of a file, by relation.</summary>
    /// <exception cref="EditCaseException">The file is not an object of templates; says what is wrong.</exception>
    public static IReadOnlyDictionary<string, RelationTemplates> ReadFile(string path, string text)
    {
        try
        {
            JsonElement json = JsonElement.Parse(text);
            if (json.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException("The file must hold an object with an entry for each relation.");
            }

            Dictionary<string, RelationTemplates> relations = new(StringComparer.Ordinal);
            foreach (JsonProperty relation in json.EnumerateObject())
            {
                relations[relation.Name] = Read(CaseFields.Of(relation.Value, relation.Name));
            }

            return relations;
        }
        catch (JsonException e)
        {
            throw new EditCaseException(path, (int)(e.LineNumber ?? 0) + 1, $"The file is not JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw new EditCaseException(path, null, e.Message, e);
        }
    }

    /// <summary>A template with its subject.</summary>
    public static string Fill(string template, string subject) => template.Replace(Placeholder, subject, StringComparison.Ordinal);

    private static RelationTemplates Read(CaseFields fields) => new(
        Checked(fields.Required("prompt")), [.. fields.Texts("rephrasings").Select(Checked)], [.. fields.Texts("cloze").Select(Checked)]);

    private static string Checked(string template) => template.Split(Placeholder).Length == 2
        ? template
        : throw new FormatException($"The template \"{template}\" must contain {Placeholder} exactly once.");
}
