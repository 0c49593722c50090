using System.CommandLine;
using System.Globalization;
using Ibke.Cli.Knowledge;
using Ibke.Cli.Terminals;
using Ibke.Runtime.Knowledge.Journals;
using Ibke.Runtime.Knowledge.Service;
using Spectre.Console;

namespace Ibke.Cli.Commands;

/// <summary><c>ibke journal show</c>: the edits in force, the proposals that wait, and everything that was done.</summary>
internal sealed class JournalShowCommand : CliCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string?> _journal = KnowledgeOptions.CreateJournal();
    private readonly Option<bool> _json = new("--json") { Description = "Print each entry as a line of JSON." };

    /// <summary>Declares the options.</summary>
    public JournalShowCommand(Terminal terminal)
        : base("show", "Shows what is in force, what waits for approval, and everything that was done.")
    {
        _terminal = terminal;
        Add(_journal);
        Add(_json);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Example> Examples =>
    [
        new("ibke journal show -j edits.db", "for people"),
        new("ibke journal show -j edits.db --json > audit.jsonl", "for an auditor: every entry with its hash"),
    ];

    /// <summary>Shows a journal.</summary>
    public static async Task<int> ShowAsync(Terminal terminal, string? place, bool json, CancellationToken cancellation)
    {
        await using EditJournal journal = await JournalPlace.OpenAsync(place, null, cancellation);
        KnowledgeState state = KnowledgeState.Empty;
        Table done = terminal.CreateTable("entry", "time", "what", "edit", "by", "fact", "rule, reason");
        await foreach (JournalEntry entry in journal.ReadAsync(JournalHead.Empty, cancellation))
        {
            EntryContent content = EntryContent.Read(entry.Content);
            if (json)
            {
                terminal.Out.WriteLine(JsonText.Line(entry));
            }

            string?[] cells =
            [
                entry.Sequence.ToString(CultureInfo.InvariantCulture), Time(entry.Time), entry.Kind.ToString().ToLowerInvariant(), entry.EditId, content.By.Name,
                content.Request is { } request ? $"{request.Prompt} {request.Answer}" : "", string.Join(", ", new[] { content.Rule, content.Reason }.OfType<string>()),
            ];
            done.AddRow([.. cells.Select(cell => Markup.Escape(cell ?? ""))]);
            state = state.After(entry);
        }

        if (!json)
        {
            Print(terminal, state, done);
        }

        return ExitCode.Success;
    }

    /// <inheritdoc/>
    protected override Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation) =>
        ShowAsync(_terminal, arguments.GetValue(_journal), arguments.GetValue(_json), cancellation);

    private static void Print(Terminal terminal, KnowledgeState state, Table done)
    {
        Table edits = terminal.CreateTable("edit", "question", "before → after", "source", "by", "approved by", "since");
        foreach (KnownEdit edit in state.Edits)
        {
            string?[] cells =
            [
                edit.Id, edit.Request.Prompt, $"{edit.Result.AnswerBefore} → {edit.Request.Answer}", edit.Request.Source, edit.By.Name, string.Join(", ", edit.ApprovedBy), Time(edit.PublishedAt),
            ];
            edits.AddRow([.. cells.Select(cell => Markup.Escape(cell ?? ""))]);
        }

        Table waiting = terminal.CreateTable("proposal", "question", "answer", "by", "approved by", "of", "reason");
        foreach (PendingProposal proposal in state.Pending)
        {
            string?[] cells =
            [
                proposal.Id, proposal.Request.Prompt, proposal.Request.Answer, proposal.By.Name, string.Join(", ", proposal.ApprovedBy), $"{proposal.Approvers}", proposal.Reason,
            ];
            waiting.AddRow([.. cells.Select(cell => Markup.Escape(cell ?? ""))]);
        }

        foreach ((string title, Table table, int count) in new[] { ("done", done, (int)state.Head.Sequence), ("waiting", waiting, state.Pending.Count), (state.Suspended ? "suspended" : "in force", edits, state.Edits.Count) })
        {
            terminal.Out.WriteLine($"{title}: {count}");
            if (count > 0)
            {
                terminal.Write(table);
            }
        }
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
