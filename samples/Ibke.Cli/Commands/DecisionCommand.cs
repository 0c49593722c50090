using System.CommandLine;
using Ibke.Cli.Knowledge;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;

namespace Ibke.Cli.Commands;

/// <summary>Commands that decide on what is there: approve, decline, revert, suspend, resume.</summary>
internal sealed class DecisionCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly KnowledgeOptions _knowledge = new();
    private readonly Argument<string[]>? _ids;
    private readonly Option<string?> _reason = new("--reason") { Description = "Why, for the journal.", HelpName = "TEXT" };
    private readonly Func<KnowledgeService, string, Caller, string?, CancellationToken, Task<ProposalResult>> _decide;

    private DecisionCommand(
        Terminal terminal,
        string name,
        string description,
        string? ids,
        Func<KnowledgeService, string, Caller, string?, CancellationToken, Task<ProposalResult>> decide)
        : base(name, description)
    {
        (_terminal, _decide) = (terminal, decide);
        if (ids is not null)
        {
            _ids = new Argument<string[]>("ID") { Description = ids, Arity = ArgumentArity.OneOrMore };
            Add(_ids);
        }

        _knowledge.AddTo(this);
        Add(_reason);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new(_ids is null ? $"ibke {Name} -j edits.db --as anna --reason \"found a wrong answer\"" : $"ibke {Name} e12 -j edits.db --as bert", Description!.TrimEnd('.').ToLowerInvariant()),
    ];

    /// <summary>All of them.</summary>
    public static IEnumerable<DecisionCommand> All(Terminal terminal) =>
    [
        new(terminal, "approve", "Approves proposals of somebody else; with the last approval it needs, an edit is made.", "Proposals, as ibke journal show names them.",
            (service, id, caller, _, cancellation) => service.ApproveAsync(id, caller, cancellation)),
        new(terminal, "decline", "Turns proposals down.", "Proposals, as ibke journal show names them.",
            (service, id, caller, reason, cancellation) => service.DeclineAsync(id, caller, reason, cancellation)),
        new(terminal, "revert", "Takes edits back, to the last bit.", "Edits, as ibke journal show names them.",
            (service, id, caller, reason, cancellation) => service.RevertAsync(id, caller, reason, cancellation)),
        new(terminal, "suspend", "Puts all edits out of force in one step, and keeps them.", null,
            (service, _, caller, reason, cancellation) => service.SuspendAsync(caller, reason, cancellation)),
        new(terminal, "resume", "Puts suspended edits in force again.", null,
            (service, _, caller, reason, cancellation) => service.ResumeAsync(caller, reason, cancellation)),
    ];

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        await using OpenKnowledge open = await _knowledge.OpenAsync(_terminal, arguments, cancellation);
        int code = ExitCode.Success;
        foreach (string id in _ids is null ? [""] : arguments.GetValue(_ids)!)
        {
            ProposalResult result = await _decide(open.Service, id, _knowledge.Caller(arguments), arguments.GetValue(_reason), cancellation);
            code = Math.Max(code, ProposalPrinter.Print(_terminal, result, json: false));
        }

        return code;
    }
}
