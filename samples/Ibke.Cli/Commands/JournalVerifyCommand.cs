using System.CommandLine;
using Ibke.Cli.Knowledge;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Service;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke journal verify</c>: whether every entry and every update is what was written.</summary>
internal sealed class JournalVerifyCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string?> _journal = KnowledgeOptions.CreateJournal();

    /// <summary>Declares the options.</summary>
    public JournalVerifyCommand(Terminal terminal)
        : base("verify", "Checks the chain of entries from the first to the last, and the updates of all edits.")
    {
        _terminal = terminal;
        Add(_journal);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples => [new("ibke journal verify -j edits.db", "exit code 1 and the entry, if one is not what was written")];

    /// <inheritdoc/>
    public override string Notes =>
        "The hash of the last entry names the whole journal: keep it elsewhere, and a journal that was cut or written anew is found by it too.";

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        await using EditJournal journal = await JournalPlace.OpenAsync(arguments.GetValue(_journal), null, cancellation);
        KnowledgeState state = KnowledgeState.Empty;
        try
        {
            await foreach (JournalEntry entry in journal.ReadAsync(JournalHead.Empty, cancellation))
            {
                state = state.After(entry);
            }

            await journal.ReadSnapshotAsync(cancellation);
            await journal.ReadUpdatesAsync([.. state.Edits.Select(edit => edit.Update).Distinct()], cancellation);
        }
        catch (JournalException e)
        {
            _terminal.Out.WriteLine(e.Message);
            return ExitCode.Failed;
        }

        _terminal.Out.WriteLine($"{journal.Name}: {state.Head.Sequence} entries, all as they were written; {state.Edits.Count} edits. Last hash {state.Head.Hash}.");
        return ExitCode.Success;
    }
}
