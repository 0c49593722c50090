using System.CommandLine;
using Ibke.Cli.Knowledge;
using Ibke.Cli.Terminals;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke journal compact</c>: makes the journal smaller without losing what was done.</summary>
internal sealed class JournalCompactCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly KnowledgeOptions _knowledge = new();

    /// <summary>Declares the options.</summary>
    public JournalCompactCommand(Terminal terminal)
        : base("compact", "Keeps a snapshot, and drops the bytes of updates that were taken back. Every entry stays.")
    {
        _terminal = terminal;
        _knowledge.AddTo(this);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("ibke journal compact -j edits.db", "now and then, where edits come and go")];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        await using OpenKnowledge open = await _knowledge.OpenAsync(_terminal, arguments, cancellation);
        int dropped = await open.Service.CompactAsync(cancellation);
        _terminal.Out.WriteLine($"{dropped} updates dropped; all {open.Service.State.Head.Sequence} entries stay.");
        return ExitCode.Success;
    }
}
