using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Checkpoints;

namespace Ibke.Cli.Rendering;

/// <summary>The variables of a chat template besides the conversation.</summary>
internal static class TemplateVariables
{
    private static readonly string[] _tokens = ["bos_token", "eos_token", "unk_token", "pad_token"];

    // What the first does not name, the second may.
    private static readonly string[] _files = ["tokenizer_config.json", "special_tokens_map.json"];

    /// <summary>
    /// The special tokens that <c>tokenizer_config.json</c> of a folder names, or <c>special_tokens_map.json</c>. A token without a name stays undefined.
    /// </summary>
    /// <exception cref="CheckpointException">A file cannot be read.</exception>
    public static Dictionary<string, JsonNode?> OfFolder(string folder)
    {
        Dictionary<string, JsonNode?> variables = [];
        ConfigFile[] settings = [.. _files.Select(file => ConfigFile.TryOpen(folder, file)).OfType<ConfigFile>()];
        foreach (string name in _tokens)
        {
            // A text, or in older files an object that holds it.
            ConfigFile? file = settings.FirstOrDefault(file => file.Has(name));
            if (file is not null)
            {
                variables[name] = file.Json.GetProperty(name).ValueKind == JsonValueKind.Object
                    ? file.TryGetObject(name)!.GetString("content")
                    : file.GetString(name);
            }
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
