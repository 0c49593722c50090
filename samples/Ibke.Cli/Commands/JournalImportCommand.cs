using System.CommandLine;
using Ibke.Cli.Knowledge;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Knowledge.Bundles;
using Ibke.Runtime.Knowledge.Service;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke journal import</c>: puts the edits of a bundle in force.</summary>
internal sealed class JournalImportCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly KnowledgeOptions _knowledge = new();
    private readonly Argument<string> _bundle = new("FILE") { Description = "The bundle." };

    /// <summary>Declares the options.</summary>
    public JournalImportCommand(Terminal terminal)
        : base("import", "Puts the edits of a bundle in force; each is judged here, and one that is there already is passed over.")
    {
        _terminal = terminal;
        Add(_bundle);
        _knowledge.AddTo(this);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("ibke journal import edits.jsonl -j production.db --as bert", "exit code 1 if one was refused or judged unfit")];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        string path = arguments.GetValue(_bundle)!;
        if (!File.Exists(path))
        {
            throw new CommandException($"No file {path}. ibke journal export writes one.");
        }

        await using OpenKnowledge open = await _knowledge.OpenAsync(_terminal, arguments, cancellation);
        await using FileStream file = File.OpenRead(path);
        EditBundle bundle = EditBundle.Read(file, path, KnowledgeService.IdentityOf(open.Service.Editor));
        int code = ExitCode.Success;
        foreach (ImportResult result in await open.Service.ImportAsync(bundle, _knowledge.Caller(arguments), cancellation))
        {
            _terminal.Out.Write($"{result.BundledId} → ");
            code = Math.Max(code, ProposalPrinter.Print(_terminal, result.Result, json: false));
        }

        return code;
    }
}
