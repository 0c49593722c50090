using System.CommandLine;
using System.Globalization;
using Ibke.Cli.Knowledge;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Editing;
using Ibke.Runtime.Knowledge.Service;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke propose</c>: an edit that policy decides on, and that the journal keeps.</summary>
internal sealed class ProposeCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly KnowledgeOptions _knowledge = new();
    private readonly Option<string> _question = new("--question", "-q") { Description = "The question whose answer changes.", HelpName = "TEXT", Required = true };
    private readonly Option<string> _answer = new("--answer", "-a") { Description = "The whole answer the model is to give.", HelpName = "TEXT", Required = true };
    private readonly Option<string?> _subject = new("--subject", "-s") { Description = "What the fact is about, spelled as in the question.", HelpName = "TEXT" };
    private readonly Option<string?> _reason = new("--reason") { Description = "Why, for the journal.", HelpName = "TEXT" };
    private readonly Option<string?> _until = new("--valid-until") { Description = "The day from which the fact has to be confirmed again, such as 2027-01-31.", HelpName = "DAY" };
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document." };

    /// <summary>Declares the options.</summary>
    public ProposeCommand(Terminal terminal)
        : base("propose", "Proposes an edit: if policy allows it, it is made, judged, recorded in the journal and in force from then on.")
    {
        _terminal = terminal;
        _knowledge.AddTo(this);
        foreach (Option option in new Option[] { _question, _answer, _subject, _reason, _until, _json })
        {
            Add(option);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("""ibke propose -j edits.db -q "Where is Jade Foods headquartered?" -a Tamfield --reason "moved in May" """.TrimEnd(), "edit a fact for good"),
        new("""ibke propose -j edits.db --policy policy.json --as anna -q "Who leads Jade Foods?" -a "Mira Solberg" """.TrimEnd(), "propose what others have to approve"),
    ];

    /// <inheritdoc/>
    public override string Notes =>
        """
        The edit is acknowledged once the journal has it on the disk; whatever reads the journal afterwards answers with it.
        Exit code 1: refused by policy, or judged unfit. A proposal that waits for approval is a success.
        """;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        DateTimeOffset? until = arguments.GetValue(_until) is { } day
            ? DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
                ? new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero)
                : throw new CommandException($"--valid-until is {day}, but must be a day such as 2027-01-31.")
            : null;
        await using OpenKnowledge open = await _knowledge.OpenAsync(_terminal, arguments, cancellation);
        FactProposal proposal = new()
        {
            Request = new EditRequest { Prompt = arguments.GetValue(_question)!, Answer = arguments.GetValue(_answer)!, Subject = arguments.GetValue(_subject) },
            Reason = arguments.GetValue(_reason),
            ValidUntil = until,
        };
        return ProposalPrinter.Print(
            _terminal, await open.Service.ProposeAsync(proposal, _knowledge.Caller(arguments), cancellation), arguments.GetValue(_json));
    }
}
