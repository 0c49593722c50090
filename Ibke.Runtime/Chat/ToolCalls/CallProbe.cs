using System.Text.Json.Nodes;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>Lets a template write a call, to see how it does.</summary>
internal sealed class CallProbe
{
    /// <summary>The id of the call that is written.</summary>
    public const string Id = "probe0001";

    private const string LongId = "call_probe_0001";
    private const string Name = "probe_function";
    private const string SecondName = "probe_second";
    private const string ToolName = "probe_tool";
    private const string Argument = "probe_argument";

    private readonly ChatTemplate _template;
    private readonly IReadOnlyDictionary<string, JsonNode?> _variables;

    private CallProbe(ChatTemplate template, IReadOnlyDictionary<string, JsonNode?> variables)
    {
        _template = template;
        _variables = variables;
        Shape = new MessageShape();
        Text = "";
        foreach (MessageShape shape in new[] { new MessageShape(), new(ArgumentsAsText: true), new(NullContent: true), new(NullContent: true, ArgumentsAsText: true) })
        {
            if (Render(shape, Id, Name) is { } text && text.Contains(Name, StringComparison.Ordinal) && text.Contains(Argument, StringComparison.Ordinal))
            {
                Text = text;
                Shape = shape with
                {
                    ShortIds = Render(shape, LongId, Name) is null,
                    SingleCalls = Render(shape, Id, Name, SecondName)?.Contains(SecondName, StringComparison.Ordinal) != true,
                };
                break;
            }
        }

        HidesFunctions = Render([Message("user", "")])?.Contains(ToolName, StringComparison.Ordinal) == false;
    }

    /// <summary>A conversation that ends with a call of one argument; empty where the template writes none.</summary>
    public string Text { get; }

    /// <summary>What messages with calls have to look like.</summary>
    public MessageShape Shape { get; }

    /// <summary>Whether the template does not show the model which functions there are.</summary>
    public bool HidesFunctions { get; }

    /// <param name="template">The template.</param>
    /// <param name="variables">What every rendering is given.</param>
    public static CallProbe Run(ChatTemplate template, IReadOnlyDictionary<string, JsonNode?> variables) => new(template, variables);

    /// <summary>The syntax as the template writes it, or null where it writes calls in another way.</summary>
    public CallSyntax? Fit(CallSyntax syntax)
    {
        int name = Text.LastIndexOf(Name, StringComparison.Ordinal);
        return name < 0 ? null : SyntaxFit.TryFit(Text, name, Name.Length, Text.IndexOf(Argument, name, StringComparison.Ordinal), syntax);
    }

    private static JsonObject Message(string role, string? content) => new() { ["role"] = role, ["content"] = content };

    private static JsonNode Call(MessageShape shape, string id, string name)
    {
        JsonObject arguments = new() { [Argument] = "" };
        JsonObject function = new() { ["name"] = name, ["arguments"] = shape.ArgumentsAsText ? arguments.ToJsonString() : arguments };
        return new JsonObject { ["id"] = id, ["type"] = "function", ["function"] = function };
    }

    private static JsonArray Tools()
    {
        JsonObject parameter = new() { ["type"] = "string", ["description"] = "" };
        JsonObject parameters = new()
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["text"] = parameter },
            ["required"] = new JsonArray("text"),
        };
        JsonObject function = new() { ["name"] = ToolName, ["description"] = "", ["parameters"] = parameters };
        return [new JsonObject { ["type"] = "function", ["function"] = function }];
    }

    private string? Render(MessageShape shape, string id, params string[] names)
    {
        JsonObject message = Message("assistant", shape.NullContent ? null : "");
        message["tool_calls"] = new JsonArray([.. names.Select((name, i) => Call(shape, id[..^1] + (i + 1), name))]);
        return Render([Message("user", ""), message]);
    }

    private string? Render(JsonArray messages)
    {
        try
        {
            return _template.Render(messages, Tools(), addGenerationPrompt: false, _variables);
        }
        catch (TemplateException)
        {
            return null;
        }
    }
}
