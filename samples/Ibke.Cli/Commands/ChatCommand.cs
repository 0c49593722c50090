using System.CommandLine;
using Ibke.Cli.Chatting;
using Ibke.Cli.Editing;
using Ibke.Cli.Knowledge;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Chat;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.AnswerChecks;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Models;
using Ibke.Runtime.Templates;
using Microsoft.Extensions.AI;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke chat</c>: talk to the model, and correct it in between.</summary>
internal sealed class ChatCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly KnowledgeOptions _knowledge = new();
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
        _knowledge.AddTo(this);
        Add(_tokenizer);
        Add(_template);
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
        new("ibke chat -j edits.db", "talk with the edits of a journal in force; /edit and /undo write to it, under its policy"),
        new("ibke chat --source directory.csv", "compare each answer with what a source says, and show where they differ"),
        new("""printf 'Where is Jade Foods based?\n/edit Where is Jade Foods based? = Tamfield\n/new\nWhere is Jade Foods based?\n' | ibke chat""",
            "the same from a script: one line in, one reply out"),
    ];

    /// <inheritdoc/>
    public override string Notes =>
        $"Within the chat:\n{ChatSession.Help}\nWithout a journal edits live in this process only and are gone when it ends.\n"
        + "When the chat no longer fits into the model's context, its oldest turns are left out without a word; the system message stays.";

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        IReadOnlyList<EditRequest> edits = arguments.GetValue(_edits) is { } file ? [.. EditCaseReader.ReadFile(file).Select(item => item.ToRequest())] : [];
        string? tokenizer = TokenizerOption.Resolve(arguments.GetValue(_tokenizer));
        if (!_knowledge.HasJournal(arguments))
        {
            using HttpClient addresses = new();
            IFactCatalog[] sources = _knowledge.Sources(arguments, addresses);
            using LanguageModel model = ModelLoading.Load(_terminal, _knowledge.Folder(arguments), _knowledge.Weights(arguments), tokenizer);
            return await TalkAsync(arguments, model, sources, () => new PassingEdits(ModelLoading.LoadEditor(_terminal, model)), edits, cancellation);
        }

        await using OpenKnowledge open = await _knowledge.OpenAsync(_terminal, arguments, cancellation, tokenizer);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task upkeep = open.Service.RunAsync(end.Token);
        try
        {
            LastingEdits lasting = new(open.Service, _knowledge.Caller(arguments));
            return await TalkAsync(arguments, open.Model, open.Sources, () => lasting, edits, cancellation);
        }
        finally
        {
            await end.CancelAsync();
            await upkeep.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<int> TalkAsync(
        ParseResult arguments, LanguageModel model, IReadOnlyList<IFactCatalog> sources, Func<IEditDesk> desk, IReadOnlyList<EditRequest> edits,
        CancellationToken cancellation)
    {
        ModelLoading.RequireTokenizer(model);
        ChatTemplate? template = TemplateOption.ForChat(arguments.GetValue(_template), model, _terminal);
        using IChatClient client = Checked(
            new LocalChatClient(model, new LocalChatClientOptions { ContextOverflow = ContextOverflow.DropOldestTurns, Template = template }), sources);
        ChatSession session = new(
            _terminal, model, client, desk, _sampling.ForChat(arguments, temperature: null), arguments.GetValue(_system), arguments.GetValue(_json));
        await session.ApplyAsync(edits, cancellation);
        return await session.RunAsync(cancellation);
    }

    private static IChatClient Checked(IChatClient client, IReadOnlyList<IFactCatalog> sources) =>
        sources.Count == 0 ? client : new AnswerCheckChatClient(client, new CompositeFactSource([.. sources.Select(source => new[] { source })]));
}
