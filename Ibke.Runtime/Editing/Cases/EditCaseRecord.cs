using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ibke.Runtime.Editing.Cases;

/// <summary>Reads one JSON record: the project's own form, CounterFact or ZsRE, told apart by their fields. Unknown fields are passed over.</summary>
internal static class EditCaseRecord
{
    /// <summary>Reads a record.</summary>
    /// <param name="json">The record.</param>
    /// <param name="place">Names the case where the record does not.</param>
    /// <exception cref="FormatException">A field is missing or of the wrong kind; says which.</exception>
    public static EditCase Read(JsonElement json, string place)
    {
        CaseFields fields = CaseFields.Of(json);
        return fields.Object("requested_rewrite") is { } rewrite ? ReadNestedCounterFact(fields, rewrite, place)
            : fields.Has("target_new") ? ReadCounterFact(fields, place)
            : fields.Has("src") && fields.Has("alt") ? ReadZsre(fields, place)
            : ReadOwn(fields, place);
    }

    private static EditCase ReadOwn(CaseFields fields, string place) => new()
    {
        Id = fields.Name("id") ?? place,
        Subject = fields.FilledText("subject"),
        Relation = fields.FilledText("relation"),
        Prompt = fields.FilledText("prompt") ?? fields.FilledText("question") ?? throw new FormatException("There is no \"prompt\"."),
        Answer = fields.Required("answer"),
        Previous = fields.FilledText("previous"),
        Kind = fields.FilledText("kind"),
        Rephrasings = fields.Texts("rephrasings"),
        Cloze = fields.List("cloze", ReadCloze),
        Conversations = fields.List("conversations", ReadConversation),
        Locality = fields.List("locality", ReadLocality),
        Keep = fields.List("keep", (item, path) => (ReadOnlyMemory<byte>)(item.ValueKind == JsonValueKind.Object
            ? JsonMarshal.GetRawUtf8Value(item).ToArray()
            : throw new FormatException($"\"{path}\" must be an object."))),
        Portability = fields.List("portability", ReadPortability),
        Source = fields.FilledText("source"),
    };

    // The flat form that editing suites publish. Its neighbours have the relation, and before the edit the answer, in common with the fact.
    private static EditCase ReadCounterFact(CaseFields fields, string place) => new()
    {
        Id = fields.Name("case_id") ?? place,
        Subject = fields.FilledText("subject"),
        Relation = fields.FilledText("relation_id"),
        Prompt = fields.Required("prompt"),
        Answer = fields.Required("target_new"),
        Previous = fields.FilledText("ground_truth"),
        Rephrasings = OneOrNone(fields, "rephrase_prompt"),
        Locality = [.. OneOrNone(fields, "locality_prompt").Select(prompt => new LocalityPrompt(prompt, "same_relation"))],
    };

    // The form of the paper: the subject's place in the prompt is a pair of braces.
    private static EditCase ReadNestedCounterFact(CaseFields fields, CaseFields rewrite, string place)
    {
        string subject = rewrite.Required("subject");
        return new EditCase
        {
            Id = fields.Name("case_id") ?? place,
            Subject = subject,
            Relation = rewrite.FilledText("relation_id"),
            Prompt = rewrite.Required("prompt").Replace("{}", subject, StringComparison.Ordinal),
            Answer = rewrite.Object("target_new")?.Required("str") ?? throw new FormatException("There is no \"requested_rewrite.target_new\"."),
            Previous = rewrite.Object("target_true")?.FilledText("str"),
            Rephrasings = fields.Texts("paraphrase_prompts"),
            Locality = [.. fields.Texts("neighborhood_prompts").Select(prompt => new LocalityPrompt(prompt, "same_relation"))],
        };
    }

    private static EditCase ReadZsre(CaseFields fields, string place) => new()
    {
        Id = fields.Name("case_id") ?? fields.Name("id") ?? place,
        Subject = fields.FilledText("subject"),
        Prompt = fields.Required("src"),
        Answer = fields.Required("alt"),
        Previous = fields.Has("answers") && fields.Texts("answers") is [var first, ..] ? first : null,
        Rephrasings = OneOrNone(fields, "rephrase"),
        Locality = [.. OneOrNone(fields, "loc").Select(prompt => new LocalityPrompt(prompt, "unrelated"))],
    };

    private static IReadOnlyList<string> OneOrNone(CaseFields fields, string name) => fields.FilledText(name) is { } text ? [text] : [];

    private static ClozePrompt ReadCloze(JsonElement item, string path)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            return new ClozePrompt(CaseFields.FilledTextOf(item, path));
        }

        CaseFields fields = new(item, path);
        string? end = fields.Text("end");
        return new ClozePrompt(fields.Required("prompt"), end is { Length: 0 } ? null : end);
    }

    private static LocalityPrompt ReadLocality(JsonElement item, string path)
    {
        const string Unnamed = "other";
        if (item.ValueKind != JsonValueKind.Object)
        {
            return new LocalityPrompt(CaseFields.FilledTextOf(item, path), Unnamed);
        }

        CaseFields fields = new(item, path);
        PromptForm form = fields.Text("form") switch
        {
            null or "chat" => PromptForm.Chat,
            "cloze" => PromptForm.Cloze,
            var other => throw new FormatException($"\"{path}.form\" is \"{other}\"; it must be \"chat\" or \"cloze\"."),
        };
        return new LocalityPrompt(
            fields.Required("prompt"), fields.FilledText("kind") ?? Unnamed, form, fields.FilledText("subject"), fields.FilledText("relation"));
    }

    private static PortabilityPrompt ReadPortability(JsonElement item, string path)
    {
        CaseFields fields = CaseFields.Of(item, path);
        return new PortabilityPrompt(fields.Required("prompt"), fields.Required("answer"), fields.FilledText("kind") ?? "one_hop");
    }

    private static CaseConversation ReadConversation(JsonElement item, string path)
    {
        CaseFields fields = CaseFields.Of(item, path);
        JsonArray messages = fields.Objects("messages") is { Count: > 0 } some
            ? some
            : throw new FormatException($"\"{path}.messages\" is missing or empty.");
        for (int i = 0; i < messages.Count; i++)
        {
            if (messages[i]!["role"]?.GetValueKind() != JsonValueKind.String)
            {
                throw new FormatException($"\"{path}.messages[{i}]\" has no \"role\".");
            }
        }

        JsonArray? tools = fields.Objects("tools");
        return new CaseConversation(messages, tools, fields.FilledText("kind") ?? (tools is { Count: > 0 } ? "with_tools" : "in_chat"));
    }
}
