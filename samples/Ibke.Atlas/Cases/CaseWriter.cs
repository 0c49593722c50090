using System.Text.Encodings.Web;
using System.Text.Json;
using Ibke.Atlas.Conversations;
using Ibke.Atlas.Formats;

namespace Ibke.Atlas.Cases;

/// <summary>Writes edits with the questions about them, one a line, in the form that the editor's training and scoring read.</summary>
/// <remarks>
/// Beyond that form, each prompt of <c>locality</c> names its <c>subject</c>, <c>relation</c> and expected <c>answer</c>, and <c>keep</c> holds
/// conversations with functions about the fact, in which the model is to call and copy as it did before.
/// </remarks>
internal sealed class CaseWriter(EditPrompts prompts, CaseSizes sizes)
{
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one edit.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="id">Names it in reports.</param>
    /// <param name="edit">The edit.</param>
    /// <param name="taken">Facts that are edited too.</param>
    /// <param name="conversations">Conversations that end with the question.</param>
    /// <param name="keep">Conversations that must go on as before.</param>
    public void Write(
        Stream stream,
        string id,
        PlannedEdit edit,
        IReadOnlySet<(string Subject, string Relation)> taken,
        IReadOnlyList<(Conversation Conversation, string Kind)> conversations,
        IReadOnlyList<Conversation> keep)
    {
        using (Utf8JsonWriter json = new(stream, _options))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("subject", edit.Subject);
            json.WriteString("relation", edit.RelationName);
            json.WriteString("prompt", edit.Prompt);
            json.WriteString("answer", edit.Answer);
            json.WriteString("previous", edit.Previous);
            json.WriteString("kind", edit.Kind);
            WriteStrings(json, "rephrasings", prompts.Rephrasings(edit, sizes.Rephrasings));
            WriteCloze(json, edit);
            WriteConversations(json, conversations);
            WriteLocality(json, prompts.Locality(edit, sizes.Locality, taken));
            if (sizes.Portability)
            {
                WritePortability(json, prompts.Portability(edit, taken));
            }

            WriteKeep(json, keep);
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static void WriteConversations(Utf8JsonWriter json, IReadOnlyList<(Conversation Conversation, string Kind)> conversations)
    {
        json.WriteStartArray("conversations");
        foreach ((Conversation conversation, string kind) in conversations)
        {
            json.WriteStartObject();
            JsonLine.WriteConversation(json, conversation, tags: false);
            json.WriteString("kind", kind);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLocality(Utf8JsonWriter json, IReadOnlyList<KeptPrompt> kept)
    {
        json.WriteStartArray("locality");
        foreach (KeptPrompt prompt in kept)
        {
            json.WriteStartObject();
            json.WriteString("prompt", prompt.Prompt);
            json.WriteString("kind", prompt.Kind);
            json.WriteString("form", prompt.Form);
            json.WriteString("subject", prompt.Subject);
            json.WriteString("relation", prompt.Relation);
            json.WriteString("answer", prompt.Answer);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WritePortability(Utf8JsonWriter json, IReadOnlyList<(string Prompt, string Answer, string Kind)> follow)
    {
        json.WriteStartArray("portability");
        foreach ((string prompt, string answer, string kind) in follow)
        {
            json.WriteStartObject();
            json.WriteString("prompt", prompt);
            json.WriteString("answer", answer);
            json.WriteString("kind", kind);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteKeep(Utf8JsonWriter json, IReadOnlyList<Conversation> keep)
    {
        if (keep.Count == 0)
        {
            return;
        }

        json.WriteStartArray("keep");
        foreach (Conversation conversation in keep)
        {
            json.WriteStartObject();
            JsonLine.WriteConversation(json, conversation, tags: true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteCloze(Utf8JsonWriter json, PlannedEdit edit)
    {
        json.WriteStartArray("cloze");
        foreach (string prompt in prompts.Completions(edit, sizes.Cloze))
        {
            json.WriteStartObject();
            json.WriteString("prompt", prompt);
            json.WriteString("end", ".");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
