using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ibke.Cli.Rendering;

/// <summary>What <c>ibke render</c> gives to a template.</summary>
/// <param name="Messages">The conversation, in the form of chat APIs, passed on as it is.</param>
/// <param name="Tools">Functions the model may call; null for none.</param>
/// <param name="AddGenerationPrompt">Whether the text shall end with the beginning of the assistant's turn; null where the file does not say.</param>
/// <param name="Variables">Further variables of the template.</param>
internal sealed record RenderRequest(
    JsonArray Messages, JsonArray? Tools, bool? AddGenerationPrompt, IReadOnlyDictionary<string, JsonNode?> Variables)
{
    /// <summary>Reads a list of messages, or an object with <c>messages</c>, <c>tools</c>, … whose other members are variables.</summary>
    /// <exception cref="CommandException">The text is no JSON, or not in the form.</exception>
    public static RenderRequest Read(string json, string source)
    {
        JsonNode? root = Parse(json, source);
        if (root is JsonArray list)
        {
            return new RenderRequest(list, null, null, new Dictionary<string, JsonNode?>());
        }

        JsonObject request = root as JsonObject ?? throw new CommandException($"{source}: give a list of messages, or an object with \"messages\".");
        JsonArray messages = request["messages"] as JsonArray ?? throw new CommandException($"{source}: \"messages\" must be a list.");
        Dictionary<string, JsonNode?> variables = [];
        foreach ((string name, JsonNode? value) in request)
        {
            if (name is not ("messages" or "tools" or "add_generation_prompt"))
            {
                variables[name] = value;
            }
        }

        bool? prompt = request["add_generation_prompt"] switch
        {
            null => null,
            { } node when node.GetValueKind() is JsonValueKind.True or JsonValueKind.False => node.GetValue<bool>(),
            _ => throw new CommandException($"{source}: \"add_generation_prompt\" must be true or false."),
        };
        return new RenderRequest(messages, ToolsOf(request["tools"], source), prompt, variables);
    }

    /// <summary>Reads a list of tools, or an object that holds one as <c>tools</c>.</summary>
    /// <exception cref="CommandException">The text is no JSON, or not in the form.</exception>
    public static JsonArray? ReadTools(string json, string source) =>
        Parse(json, source) is var root && root is JsonObject holder ? ToolsOf(holder["tools"], source) : ToolsOf(root, source);

    private static JsonArray? ToolsOf(JsonNode? node, string source) =>
        node is null or JsonArray ? (JsonArray?)node : throw new CommandException($"{source}: \"tools\" must be a list.");

    private static JsonNode? Parse(string json, string source)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new CommandException($"{source} is not JSON: {e.Message}", e);
        }
    }
}
