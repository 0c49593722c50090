using System.CommandLine;
using Ibke.Cli.Knowledge;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Knowledge.Sources;
using Ibke.Runtime.Knowledge.Sweeps;
using Spectre.Console;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke sweep</c>: asks the model everything that sources know.</summary>
internal sealed class SweepCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly KnowledgeOptions _knowledge = new();
    private readonly Option<bool> _propose = new("--propose") { Description = "Propose an edit for each stale fact; policy decides." };
    private readonly Option<string?> _state = new("--state") { Description = "Keep how far it is in this file, and go on from there.", HelpName = "FILE" };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document." };

    /// <summary>Declares the options.</summary>
    public SweepCommand(Terminal terminal)
        : base("sweep", "Asks the model everything that sources know, lists where it says otherwise, and proposes edits where told to.")
    {
        _terminal = terminal;
        _knowledge.AddTo(this);
        foreach (Option option in new Option[] { _propose, _state, _json })
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("ibke sweep -j edits.db --source directory.csv", "list stale facts; exit code 1 if there are any"),
        new("ibke sweep -j edits.db --source https://example.org/facts.json --source directory.csv --propose", "put right what policy allows"),
    ];

    /// <inheritdoc/>
    public override string Notes =>
        """
        Sources are files or addresses as ibke verify reads them; the one named first counts before the others.
        Status: stale (the model says otherwise), conflict (sources disagree), failed (the model cannot be asked).
        """;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        await using OpenKnowledge open = await _knowledge.OpenAsync(_terminal, arguments, cancellation);
        if (open.Sources.Count == 0)
        {
            throw new CommandException("Nothing to compare with. Name a file or an address of facts: --source PLACE.");
        }

        IFactCatalog catalog = open.Sources.Count == 1 ? open.Sources[0] : new CompositeFactSource([.. open.Sources.Select(source => (IReadOnlyList<IFactSource>)[source])]);
        int total = (await catalog.ListAsync(cancellation)).Count;
        StalenessSweep sweep = new(open.Service, catalog, new SweepOptions { Propose = arguments.GetValue(_propose), StateFile = arguments.GetValue(_state), Share = 1 });
        SweepReport report = await ProgressDisplay.RunAsync(
            _terminal, "sweep", total, show => sweep.RunAsync(_knowledge.Caller(arguments), step => show(step.Done, null), cancellation))
            ?? throw new CommandException("Another process sweeps with this journal. Try again when it has ended.");
        if (arguments.GetValue(_json))
        {
            _terminal.Out.WriteLine(JsonText.Document(report));
        }
        else
        {
            Print(report);
        }

        return report.Found.All(fact => fact.Outcome == Runtime.Knowledge.Service.ProposalStatus.Applied) ? ExitCode.Success : ExitCode.Failed;
    }

    private void Print(SweepReport report)
    {
        if (report.Found.Count > 0)
        {
            Table table = _terminal.CreateTable("status", "question", "the model says", "the source says", "source", "as of", "outcome");
            foreach (SweptFact fact in report.Found)
            {
                string outcome = fact.Outcome is null ? fact.Reason ?? "" : $"{fact.Outcome.ToString()!.ToLowerInvariant()} {fact.EditId ?? fact.Reason}";
                string?[] cells = [fact.Status.ToString().ToLowerInvariant(), fact.Question, fact.Answer, fact.Current, fact.Source, fact.AsOf?.ToString("yyyy-MM-dd"), outcome];
                table.AddRow([.. cells.Select(cell => Markup.Escape(cell ?? ""))]);
            }

            _terminal.Write(table);
        }

        _terminal.Out.WriteLine($"{report.Facts} facts: {report.Facts - report.Found.Count} as the sources say, {report.Count(SweptStatus.Stale)} stale, {report.Count(SweptStatus.Conflict)} in conflict.");
    }
}
