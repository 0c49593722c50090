using System.Text;
using System.Text.Json.Nodes;
using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Training.Data;

/// <summary>The texts of files that a tokenizer is learned from, without the template around them, which is not known yet.</summary>
internal static class TokenizerTexts
{
    /// <summary>
    /// Reads a file: chats and texts where its name ends in <c>.jsonl</c> or <c>.json</c>, lines of plain text otherwise. Of a chat these are the
    /// contents, the calls as JSON, and the names and descriptions of functions.
    /// </summary>
    /// <exception cref="TrainingDataException">The file cannot be read, or a line is in no known form.</exception>
    public static IEnumerable<string> Read(string path)
    {
        bool isJson = Path.GetExtension(path).StartsWith(".json", StringComparison.OrdinalIgnoreCase);
        using LineIndex lines = new(path);
        for (int i = 0; i < lines.Count; i++)
        {
            byte[] line = lines.Read(i);
            if (!isJson)
            {
                yield return Encoding.UTF8.GetString(line).Trim('\r', '\uFEFF') + "\n";
                continue;
            }

            foreach (string text in TextsOf(JsonField.Parse(path, lines.NumberOf(i), line)))
            {
                yield return text;
            }
        }
    }

    private static IEnumerable<string> TextsOf(JsonField line)
    {
        if (!line.TryGet("messages", out _))
        {
            return TextReading.IsText(line) ? [TextReading.TextOf(line)] : throw DocumentReader.UnknownForm(line);
        }

        ChatMessages chat = ChatMessages.Read(line);
        return chat.Messages.SelectMany(message => CallsOf(message!).Prepend((string)message!["content"]!))
            .Concat((chat.Tools ?? []).SelectMany(tool => NamesOf(tool!["function"] ?? tool)));
    }

    private static IEnumerable<string> CallsOf(JsonNode message) => (message["tool_calls"] as JsonArray ?? []).Select(call => JsonText.Format(call!["function"]));

    private static IEnumerable<string> NamesOf(JsonNode function) =>
        new[] { "name", "description" }.Select(key => (function as JsonObject)?[key] as JsonValue).OfType<JsonValue>()
            .Select(value => value.TryGetValue(out string? text) ? text : null).OfType<string>();
}
