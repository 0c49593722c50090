using System.CommandLine;
using Ibke.Cli.Knowledge;
using Ibke.Cli.Terminals;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke journal</c>: what was done to the model's knowledge. Alone it is <c>ibke journal show</c>.</summary>
internal sealed class JournalCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string?> _journal = KnowledgeOptions.CreateJournal();

    /// <summary>Declares the commands under it.</summary>
    public JournalCommand(Terminal terminal)
        : base("journal", "Shows, checks, exports and imports the journal of edits.")
    {
        _terminal = terminal;
        Add(_journal);
        Add(new JournalShowCommand(terminal));
        Add(new JournalVerifyCommand(terminal));
        Add(new JournalExportCommand(terminal));
        Add(new JournalImportCommand(terminal));
        Add(new JournalCompactCommand(terminal));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("ibke journal -j edits.db", "what is in force, what waits, what was done"),
        new("ibke journal verify -j edits.db", "check every entry; exit code 1 if one is not what was written"),
        new("ibke journal export -j staging.db --out edits.jsonl --as anna", "write the edits in force as a bundle"),
        new("ibke journal import edits.jsonl -j production.db --as bert", "put a bundle in force elsewhere"),
    ];

    /// <inheritdoc/>
    protected override Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation) =>
        JournalShowCommand.ShowAsync(_terminal, arguments.GetValue(_journal), json: false, cancellation);
}
