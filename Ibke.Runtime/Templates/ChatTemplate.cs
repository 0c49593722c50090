using System.Text.Json;
using System.Text.Json.Nodes;
using Ibke.Runtime.Templates.Evaluation;
using Ibke.Runtime.Templates.Library;
using Ibke.Runtime.Templates.Syntax;
using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Templates;

/// <summary>
/// A model's chat template: the program, in the Jinja language, that turns a conversation into the text the model was trained on.
/// Rendering follows transformers: block tags lose their newline and indentation, values print as in Python, nothing can be changed or called
/// that could reach outside.
/// </summary>
/// <remarks>Immutable; safe for many threads at once.</remarks>
public sealed class ChatTemplate
{
    private readonly IReadOnlyList<Statement> _body;
    private readonly TimeProvider _time;

    private ChatTemplate(string source, IReadOnlyList<Statement> body, TimeProvider time)
    {
        Source = source;
        _body = body;
        _time = time;
    }

    /// <summary>
    /// For a model that was not trained to chat: each message in a paragraph behind its speaker's name, as a play is written. A chat client ends
    /// the model's turn where it begins to speak for the user.
    /// </summary>
    public static ChatTemplate Plain { get; } = PlainTemplate();

    /// <summary>The template's text.</summary>
    public string Source { get; }

    /// <summary>The variant for conversations with functions, where a model folder has one of its own.</summary>
    public ChatTemplate? ForTools { get; private init; }

    /// <summary>Texts that end the model's turn, where no token does.</summary>
    internal IReadOnlyList<string> StopSequences { get; private init; } = [];

    /// <summary>Reads a template.</summary>
    /// <param name="source">The template's text.</param>
    /// <param name="time">What the template's <c>strftime_now</c> asks for the time; by default the system's clock.</param>
    /// <exception cref="TemplateException">The text breaks the language's rules; the message names line and column.</exception>
    public static ChatTemplate Parse(string source, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ChatTemplate(source, StatementParser.Parse(source), time ?? TimeProvider.System);
    }

    /// <summary>
    /// Reads the template of a model folder: <c>chat_template.jinja</c>, or <c>chat_template</c> in <c>tokenizer_config.json</c>. A template for
    /// conversations with functions may stand beside it, as <c>additional_chat_templates/tool_use.jinja</c> or under the name <c>tool_use</c>.
    /// </summary>
    /// <returns>The template, or null where the folder has none.</returns>
    /// <exception cref="TemplateException">The template breaks the language's rules.</exception>
    public static ChatTemplate? Load(string folder)
    {
        string config = Path.Combine(folder, "tokenizer_config.json");
        (string? Default, string? ToolUse) named = File.Exists(config) ? SourcesIn(config) : default;
        string? source = ReadFile(Path.Combine(folder, "chat_template.jinja")) ?? named.Default ?? named.ToolUse;
        string? forTools = ReadFile(Path.Combine(folder, "additional_chat_templates", "tool_use.jinja")) ?? named.ToolUse;
        return source is null ? null
            : forTools is null || forTools == source ? Parse(source)
            : new ChatTemplate(source, StatementParser.Parse(source), TimeProvider.System) { ForTools = Parse(forTools) };

        static string? ReadFile(string file) => File.Exists(file) ? File.ReadAllText(file) : null;
    }

    /// <summary>The same template with another clock.</summary>
    internal ChatTemplate WithTime(TimeProvider time) =>
        new(Source, _body, time) { ForTools = ForTools?.WithTime(time), StopSequences = StopSequences };

    /// <summary>The text of a conversation.</summary>
    /// <param name="messages">Messages in the form of the chat completion API: <c>role</c>, <c>content</c>, <c>tool_calls</c>, …</param>
    /// <param name="tools">Functions the model may call, in the same form, or null.</param>
    /// <param name="addGenerationPrompt">Whether the text ends with the beginning of the assistant's turn.</param>
    /// <param name="variables">Further variables, as <c>bos_token</c>, <c>eos_token</c> and what a model's own template asks for.</param>
    /// <param name="cancellationToken">Ends a long rendering.</param>
    /// <exception cref="TemplateException">
    /// The template refuses the conversation (<see cref="TemplateException.IsRaisedByTemplate"/>), fails, or needs more steps, depth or text than
    /// is sensible for a template.
    /// </exception>
    /// <exception cref="OperationCanceledException">The rendering was cancelled.</exception>
    public string Render(
        JsonArray messages,
        JsonArray? tools = null,
        bool addGenerationPrompt = true,
        IReadOnlyDictionary<string, JsonNode?>? variables = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        Dictionary<string, JsonNode?> context = new()
        {
            ["messages"] = Readable("messages", () => ReasoningAliases.Apply(messages)),
            ["tools"] = tools,
            ["documents"] = null,
            ["add_generation_prompt"] = addGenerationPrompt,
        };
        foreach ((string name, JsonNode? value) in variables ?? new Dictionary<string, JsonNode?>())
        {
            context[name] = value;
        }

        return Render(context, cancellationToken);
    }

    /// <summary>The text with any variables; nothing else is defined but the language's own functions.</summary>
    internal string Render(IEnumerable<KeyValuePair<string, JsonNode?>> context, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RenderBudget budget = new(cancellationToken);
        Scope globals = new(null);
        foreach ((string name, object? function) in GlobalFunctions.Create(_time.GetLocalNow(), budget))
        {
            globals.Set(name, function);
        }

        foreach ((string name, JsonNode? value) in context)
        {
            globals.Set(name, Readable(name, () => JsonText.Read(value, budget)));
        }

        return new StatementRenderer(budget).Render(_body, globals);
    }

    // JSON is read late: a key that is there twice, or half a surrogate pair, shows only when it is looked at.
    private static T Readable<T>(string variable, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new TemplateException($"the variable '{variable}' holds JSON that cannot be read: {e.Message}");
        }
    }

    /// <summary>The one template of a tokenizer's configuration, or those of several that are named <c>default</c> and <c>tool_use</c>.</summary>
    private static (string? Default, string? ToolUse) SourcesIn(string config)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(config))?["chat_template"] switch
            {
                JsonArray named => (Named(named, "default"), Named(named, "tool_use")),
                JsonNode node => (node.GetValue<string>(), null),
                null => (null, null),
            };
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new TemplateException($"{config} holds no readable chat_template: {failure.Message}");
        }

        static string? Named(JsonArray templates, string name) =>
            templates.FirstOrDefault(entry => (string?)entry?["name"] == name)?["template"]?.GetValue<string>();
    }

    private static ChatTemplate PlainTemplate()
    {
        const string Source = """
            {%- for message in messages -%}
            {{ {'system': '', 'user': 'User: ', 'assistant': 'Assistant: '}.get(message.role, message.role ~ ': ') }}{{ message.content | trim }}{{ '\n\n' }}
            {%- endfor -%}
            {%- if add_generation_prompt -%}Assistant:{%- endif -%}
            """;
        return new ChatTemplate(Source, StatementParser.Parse(Source), TimeProvider.System) { StopSequences = ["\n\nUser:", "\nUser:"] };
    }
}
