using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Editing;

namespace Ibke.Cli.Editing;

/// <summary>
/// Reads edits from JSON lines: <c>{"prompt", "answer", "subject"?, "rephrasings"?: [..], "locality"?: [{"prompt"} or text], "source"?}</c>.
/// Fields that are not known are ignored, so that evaluation cases are read as they are.
/// </summary>
internal static class EditCaseReader
{
    /// <summary>All edits of a file, in its order.</summary>
    /// <exception cref="CommandException">A line is not in the form; names file and line. Nothing is returned then.</exception>
    public static IReadOnlyList<EditRequest> ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new CommandException($"No file {path}. Give a file of JSON lines, each {{\"prompt\", \"answer\"}}.");
        }

        List<EditRequest> cases = [];
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                cases.Add(Read(line));
            }
            catch (FormatException e)
            {
                throw new CommandException($"{path}, line {number}: {e.Message}", e);
            }
        }

        return cases.Count > 0 ? cases : throw new CommandException($"{path} holds no edits.");
    }

    /// <summary>One line.</summary>
    /// <exception cref="FormatException">The line is not in the form.</exception>
    public static EditRequest Read(string line)
    {
        JsonObject json;
        try
        {
            json = JsonNode.Parse(line) as JsonObject ?? throw new FormatException("The line must be a JSON object.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"The line is not JSON: {e.Message}", e);
        }

        return new EditRequest
        {
            Prompt = Text(json["prompt"] ?? json["question"], "prompt") ?? throw new FormatException("There is no \"prompt\"."),
            Answer = Text(json["answer"], "answer") ?? throw new FormatException("There is no \"answer\"."),
            Subject = Text(json["subject"], "subject"),
            Rephrasings = Texts(json["rephrasings"], "rephrasings"),
            Neighbours = Texts(json["locality"], "locality"),
            Source = Text(json["source"], "source"),
        };
    }

    private static string[] Texts(JsonNode? node, string name) => node switch
    {
        null => [],
        JsonArray list =>
        [
            .. list.Select(item => Text(item is JsonObject piece ? piece["prompt"] : item, name)
                ?? throw new FormatException($"\"{name}\" has an item without text.")),
        ],
        _ => throw new FormatException($"\"{name}\" must be a list."),
    };

    private static string? Text(JsonNode? node, string name) => node?.GetValueKind() switch
    {
        null => null,
        JsonValueKind.String => node.GetValue<string>(),
        _ => throw new FormatException($"\"{name}\" must be a text."),
    };
}
