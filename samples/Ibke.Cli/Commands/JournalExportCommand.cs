using System.CommandLine;
using Ibke.Cli.Knowledge;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Knowledge.Bundles;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke journal export</c>: the edits in force as a bundle for another journal.</summary>
internal sealed class JournalExportCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly KnowledgeOptions _knowledge = new();
    private readonly Option<string> _out = new("--out", "-o") { Description = "The file to write.", HelpName = "FILE", Required = true };

    /// <summary>Declares the options.</summary>
    public JournalExportCommand(Terminal terminal)
        : base("export", "Writes the edits of the journal as a bundle: JSON lines with hashes.")
    {
        _terminal = terminal;
        _knowledge.AddTo(this);
        Add(_out);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("ibke journal export -j staging.db --out edits.jsonl --as anna", "sign off what staging has in force")];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        await using OpenKnowledge open = await _knowledge.OpenAsync(_terminal, arguments, cancellation);
        string path = arguments.GetValue(_out)!, aside = path + ".tmp";
        EditBundle bundle;
        await using (FileStream file = File.Create(aside))
        {
            bundle = await EditBundle.WriteAsync(open.Service, file, _knowledge.Caller(arguments), cancellation);
        }

        File.Move(aside, path, overwrite: true);
        _terminal.Out.WriteLine($"{path}: {bundle.Edits.Count} edits. Hash {bundle.Hash}.");
        return ExitCode.Success;
    }
}
