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

    private ChatTemplate(string source, TimeProvider? time)
    {
        Source = source;
        _body = StatementParser.Parse(source);
        _time = time ?? TimeProvider.System;
    }

    /// <summary>The template's text.</summary>
    public string Source { get; }

    /// <summary>Reads a template.</summary>
    /// <param name="source">The template's text.</param>
    /// <param name="time">What the template's <c>strftime_now</c> asks for the time; by default the system's clock.</param>
    /// <exception cref="TemplateException">The text breaks the language's rules; the message names line and column.</exception>
    public static ChatTemplate Parse(string source, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new ChatTemplate(source, time);
    }

    /// <summary>Reads the template of a model folder: <c>chat_template.jinja</c>, or <c>chat_template</c> in <c>tokenizer_config.json</c>.</summary>
    /// <returns>The template, or null where the folder has none.</returns>
    /// <exception cref="TemplateException">The template breaks the language's rules.</exception>
    public static ChatTemplate? Load(string folder)
    {
        string file = Path.Combine(folder, "chat_template.jinja");
        if (File.Exists(file))
        {
            return Parse(File.ReadAllText(file));
        }

        string config = Path.Combine(folder, "tokenizer_config.json");
        string? source = File.Exists(config) ? SourceIn(config) : null;
        return source is null ? null : Parse(source);
    }

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
            ["messages"] = ReasoningAliases.Apply(messages),
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
            globals.Set(name, JsonText.Read(value, budget));
        }

        return new StatementRenderer(budget).Render(_body, globals);
    }

    /// <summary>The one template of a tokenizer's configuration; of several named ones that named <c>default</c>.</summary>
    private static string? SourceIn(string config)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(config))?["chat_template"] switch
            {
                JsonArray named => named.FirstOrDefault(static entry => (string?)entry?["name"] == "default")?["template"]?.GetValue<string>(),
                JsonNode node => node.GetValue<string>(),
                null => null,
            };
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new TemplateException($"{config} holds no readable chat_template: {failure.Message}");
        }
    }
}
