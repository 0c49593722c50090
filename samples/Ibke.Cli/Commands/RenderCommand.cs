using System.CommandLine;
using System.Text.Json.Nodes;
using Ibke.Cli.Rendering;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Templates;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke render</c>: the text that a chat template makes of messages.</summary>
internal sealed class RenderCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly Option<string?> _tokenizer = TokenizerOption.Create();
    private readonly Option<string?> _template = TemplateOption.Create();
    private readonly Option<string> _input = new("--input", "-i")
    {
        Description = "A file of messages; - is standard input.",
        HelpName = "FILE",
        DefaultValueFactory = _ => "-",
    };

    private readonly Option<string?> _tools = new("--tools") { Description = "A file with the functions the model may call, as chat APIs take them.", HelpName = "FILE" };
    private readonly Option<bool> _noPrompt = new("--no-generation-prompt") { Description = "Do not end with the beginning of the assistant's turn." };
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "A variable of the template: JSON, or else a text. May be given more than once.",
        HelpName = "NAME=VALUE",
    };

    private readonly Option<bool> _ids = new("--ids") { Description = "Print the tokens of the text instead; needs a tokenizer." };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document." };

    /// <summary>Declares the options.</summary>
    public RenderCommand(Terminal terminal)
        : base("render", "Shows the text that the model's chat template makes of messages, as the model reads it.")
    {
        _terminal = terminal;
        foreach (Option option in new Option[] { _input, _model, _tokenizer, _template, _tools, _noPrompt, _set, _ids, _json })
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("""echo '[{"role": "user", "content": "Hello"}]' | ibke render""", "the prompt of one question"),
        new("ibke render --model downloads/some-model -i chat.json --tools tools.json", "with functions the model may call"),
        new("ibke render -i chat.json --template new.jinja --set enable_thinking=false", "try another template, with a variable of its own"),
        new("ibke render -i chat.json --ids", "the tokens of the prompt"),
    ];

    /// <inheritdoc/>
    public override string Notes =>
        """
        The input is a list of messages [{"role", "content", ..}], or an object {"messages", "tools"?, "add_generation_prompt"?, ..} whose other
        members are variables of the template. Messages reach the template as they are. Only the template and tokenizer_config.json are read.
        The text is printed exactly, without a newline at its end. An error names the line of the template.
        """;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        string folder = TokenizerOption.Resolve(arguments.GetValue(_tokenizer)) ?? ModelOption.Resolve(arguments.GetValue(_model));
        ChatTemplate template = TemplateOption.Load(arguments.GetValue(_template), folder);
        JsonArray? tools = arguments.GetValue(_tools) is { } file
            ? RenderRequest.ReadTools(await TextInput.ReadAsync(_terminal, file, "--tools", cancellation), file)
            : null;
        string input = arguments.GetValue(_input)!;
        RenderRequest request = RenderRequest.Read(
            await TextInput.ReadAsync(_terminal, input, "--input", cancellation), input == "-" ? "The input" : input);
        Dictionary<string, JsonNode?> variables = TemplateVariables.OfFolder(folder);
        foreach ((string name, JsonNode? value) in request.Variables.Select(pair => (pair.Key, pair.Value))
            .Concat((arguments.GetValue(_set) ?? []).Select(TemplateVariables.Read)))
        {
            variables[name] = value;
        }

        string text = Render(template, request, tools ?? request.Tools, !arguments.GetValue(_noPrompt) && request.AddGenerationPrompt != false, variables, cancellation);
        IReadOnlyList<int>? ids = arguments.GetValue(_ids) ? TokenizerOption.Load(folder).Encode(text) : null;
        Print(text, ids, arguments.GetValue(_json));
        return ExitCode.Success;
    }

    private static string Render(
        ChatTemplate template, RenderRequest request, JsonArray? tools, bool addGenerationPrompt, Dictionary<string, JsonNode?> variables,
        CancellationToken cancellation)
    {
        try
        {
            ChatTemplate used = tools is { Count: > 0 } ? template.ForTools ?? template : template;
            return used.Render(request.Messages, tools, addGenerationPrompt, variables, cancellation);
        }
        catch (TemplateException e) when (e.IsRaisedByTemplate)
        {
            throw new CommandException($"The chat template refuses the messages (line {e.Line}): {e.Message}", e);
        }
        catch (TemplateException e)
        {
            throw new CommandException(e.Message, e);
        }
    }

    private void Print(string text, IReadOnlyList<int>? ids, bool json)
    {
        if (json)
        {
            _terminal.Out.WriteLine(JsonText.Line(new { Prompt = text, Ids = ids }));
        }
        else if (ids is not null)
        {
            _terminal.Out.WriteLine(string.Join(' ', ids));
        }
        else
        {
            _terminal.Out.Write(text);
            _terminal.Out.Write(_terminal.OutputIsTerminal && !text.EndsWith('\n') ? "\n" : "");
        }
    }
}
