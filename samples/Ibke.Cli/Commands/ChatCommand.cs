using System.CommandLine;
using Ibke.Cli.Chatting;
using Ibke.Cli.Editing;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Models;
using Ibke.Runtime.Templates;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke chat</c>: talk to the model, and correct it in between.</summary>
internal sealed class ChatCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string?> _model = ModelOption.Create();
    private readonly Option<WeightStorage> _weights = WeightsOption.Create();
    private readonly Option<string?> _tokenizer = TokenizerOption.Create();
    private readonly Option<string?> _template = TemplateOption.Create();
    private readonly SamplingOptions _sampling = new();
    private readonly Option<string?> _system = new("--system") { Description = "A system message at the beginning.", HelpName = "TEXT" };
    private readonly Option<string?> _edits = new("--edits")
    {
        Description = "Make the edits of this file of JSON lines first; the form is that of `ibke edit --file`.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON line for each reply and each slash command." };

    /// <summary>Declares the options.</summary>
    public ChatCommand(Terminal terminal)
        : base("chat", "Talks to the model; slash commands correct it in between. Reads lines from a pipe as well.")
    {
        _terminal = terminal;
        Add(_model);
        Add(_tokenizer);
        Add(_template);
        Add(_weights);
        Add(_system);
        Add(_edits);
        _sampling.AddTo(this);
        Add(_json);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("ibke chat", "talk; end with /quit or Ctrl-D"),
        new("ibke chat --edits corrections.jsonl", "talk to the model with corrections in force"),
        new("""printf 'Where is Jade Foods based?\n/edit Where is Jade Foods based? = Tamfield\n/new\nWhere is Jade Foods based?\n' | ibke chat""",
            "the same from a script: one line in, one reply out"),
    ];

    /// <inheritdoc/>
    public override string Notes =>
        $"Within the chat:\n{ChatSession.Help}\nEdits live in this process only and are gone when it ends.\n"
        + "When the chat no longer fits into the model's context, its oldest turns are left out without a word; the system message stays.";

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        IReadOnlyList<EditRequest> edits = arguments.GetValue(_edits) is { } file ? [.. EditCaseReader.ReadFile(file).Select(item => item.ToRequest())] : [];
        string folder = ModelOption.Resolve(arguments.GetValue(_model));
        using LanguageModel model = ModelLoading.Load(
            _terminal, folder, arguments.GetValue(_weights), TokenizerOption.Resolve(arguments.GetValue(_tokenizer)));
        ModelLoading.RequireTokenizer(model);
        ChatTemplate? template = TemplateOption.ForChat(arguments.GetValue(_template), model, _terminal);
        ChatSession session = new(
            _terminal, model, _sampling.ForChat(arguments, temperature: null), template, arguments.GetValue(_system), arguments.GetValue(_json));
        await session.ApplyAsync(edits, cancellation);
        return await session.RunAsync(cancellation);
    }
}
