using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Checkpoints;

namespace Ibke.Cli.Rendering;

/// <summary>The variables of a chat template besides the conversation.</summary>
internal static class TemplateVariables
{
    private static readonly string[] _tokens = ["bos_token", "eos_token", "unk_token", "pad_token"];

    /// <summary>The tokens that <c>tokenizer_config.json</c> of a folder names; none where there is no such file.</summary>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    public static Dictionary<string, JsonNode?> OfFolder(string folder)
    {
        Dictionary<string, JsonNode?> variables = [];
        ConfigFile? settings = ConfigFile.TryOpen(folder, "tokenizer_config.json");
        foreach (string name in settings is null ? [] : _tokens.Where(settings.Has))
        {
            // A text, or in older files an object that holds it.
            variables[name] = settings!.Json.GetProperty(name).ValueKind == JsonValueKind.Object
                ? settings.TryGetObject(name)!.GetString("content")
                : settings.GetString(name);
        }

        return variables;
    }

    /// <summary>Reads <c>name=value</c>: JSON where the value is some, else a text.</summary>
    /// <exception cref="CommandException">There is no name.</exception>
    public static (string Name, JsonNode? Value) Read(string assignment)
    {
        int equals = assignment.IndexOf('=');
        if (equals < 1)
        {
            throw new CommandException($"'{assignment}' (--set) must be NAME=VALUE, such as enable_thinking=false.");
        }

        string value = assignment[(equals + 1)..];
        try
        {
            return (assignment[..equals], JsonNode.Parse(value));
        }
        catch (JsonException)
        {
            return (assignment[..equals], value);
        }
    }
}
