using Ibke.Runtime.Editing;
using Ibke.Runtime.Hosting;
using Ibke.Runtime.Knowledge.Policies;
using Ibke.Runtime.Knowledge.Service;
using Ibke.Samples.KnowledgeMaintenanceBot.Boards;
using Ibke.Samples.KnowledgeMaintenanceBot.Sources;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Hosting;
using Spectre.Console;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Demonstrations;

/// <summary>Changes the sources while the bot runs, approves what waits, and checks what became of it.</summary>
internal sealed class Demonstration(
    DemonstrationFiles files, Board board, IbkeRuntime runtime, IChatClient chat, IReadOnlyList<WatchedSource> sources, TimeProvider clock, IHostApplicationLifetime lifetime)
    : BackgroundService
{
    private const string Born = "Where was Leona Zeller born?";
    private const string Seat = "Where is Jade Foods headquartered?";
    private const string Leader = "Who is the CEO of Clear Energy?";

    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(20);

    private readonly List<(string What, bool Held, string Seen)> _checks = [];

    /// <summary>Whether it came to its end.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Prints what held.</summary>
    /// <returns>0 when all did, else 1.</returns>
    public int Conclude(IAnsiConsole console)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("", "what must hold", "seen");
        foreach ((string what, bool held, string seen) in _checks)
        {
            table.AddRow(held ? "[green]yes[/]" : "[red]NO[/]", Markup.Escape(what), Markup.Escape(seen));
        }

        console.Write(table);
        int failed = _checks.Count(check => !check.Held);
        console.MarkupLine(failed == 0 ? $"[green]Everything held: {_checks.Count} of {_checks.Count}.[/]" : $"[red]{failed} of {_checks.Count} did not hold.[/]");
        return failed == 0 ? 0 : 1;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            KnowledgeService knowledge = await runtime.KnowledgeAsync(stoppingToken).ConfigureAwait(false);
            await BeginAsync(stoppingToken).ConfigureAwait(false);
            await ChangeFileAsync(stoppingToken).ConfigureAwait(false);
            await ChangeTableAsync(stoppingToken).ConfigureAwait(false);
            await ApproveAsync(knowledge, stoppingToken).ConfigureAwait(false);
            await EndAsync(knowledge, stoppingToken).ConfigureAwait(false);
            IsOver = true;
        }
        catch (TimeoutException)
        {
            Require("each step within its time", false, $"a step took longer than {_longest.TotalSeconds:0} s");
            IsOver = true;
        }
        catch (Exception) when (runtime.Ready is { IsFaulted: true } or { IsCanceled: true } || stoppingToken.IsCancellationRequested)
        {
            // The bot tells why the model is not served, or that it was stopped.
        }

        lifetime.StopApplication();
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        BoardState first = await board.WaitAsync(
            state => state.Pass is { IsOver: true } && state.Sources.All(source => source.LastRead is not null), _longest, cancellationToken).ConfigureAwait(false);
        Require("at first the model says what the sources say", first.Facts.IsEmpty, $"{first.Sources.Sum(source => source.Facts)} facts, {first.Facts.Count} stale");
    }

    private async Task ChangeFileAsync(CancellationToken cancellationToken)
    {
        Say("directory.csv is written anew, with another place of birth; the program stops in the middle of it for a moment");
        await files.ChangeDirectoryAsync("born?,Tamfield,2026-03-02", "born?,Belford,2026-10-01", async () =>
        {
            BoardState half = await board.WaitAsync(state => state.Sources[0].Error is not null, _longest, cancellationToken).ConfigureAwait(false);
            Require("a half-written file is reported, and changes nothing", half.Facts.IsEmpty, Short(half.Sources[0].Error!));
        }).ConfigureAwait(false);
        await SeeAsync(Born, "Belford", "the changed row of the file", cancellationToken).ConfigureAwait(false);
    }

    private async Task ChangeTableAsync(CancellationToken cancellationToken)
    {
        Say("Jade Foods moves to Tamfield in the table of companies");
        await files.MoveAsync("Jade Foods", "Tamfield", cancellationToken).ConfigureAwait(false);
        await SeeAsync(Seat, "Tamfield", "the changed row of the table", cancellationToken).ConfigureAwait(false);
    }

    private async Task ApproveAsync(KnowledgeService knowledge, CancellationToken cancellationToken)
    {
        Say("the directory names another CEO of Clear Energy; policy wants an approval");
        await files.ChangeDirectoryAsync("Clear Energy?,Dario Osei,2026-04-11", "Clear Energy?,Zora Palmer,2026-10-02").ConfigureAwait(false);
        BoardState waiting = await board.WaitAsync(state => state.Fact(Leader)?.Status == FactStatus.Waiting, _longest, cancellationToken).ConfigureAwait(false);
        string id = waiting.Fact(Leader)!.EditId!;
        string meanwhile = await AskAsync(Leader, cancellationToken).ConfigureAwait(false);
        Require("without the approval nothing changes", meanwhile == "Dario Osei", meanwhile);
        Say($"anna approves {id}");
        await knowledge.ApproveAsync(id, Caller.Person("anna", KnowledgeRoles.Approve), cancellationToken).ConfigureAwait(false);
        await SeeAsync(Leader, "Zora Palmer", "what was approved", cancellationToken).ConfigureAwait(false);
    }

    private async Task EndAsync(KnowledgeService knowledge, CancellationToken cancellationToken)
    {
        string[] other = ["Who leads Clear Energy?", "Who runs Clear Energy?"];
        string[] said = await Task.WhenAll(other.Select(question => AskAsync(question, cancellationToken))).ConfigureAwait(false);
        Require("other wordings get the new answer", said.All(answer => answer == "Zora Palmer"), string.Join(", ", said));
        (string, string)[] facts = [.. sources.SelectMany(source => source.Facts).Select(fact => (fact.Question, fact.Answer))];
        IReadOnlyList<VerifyResult?> answers = await knowledge.Editor.VerifyAsync(facts, cancellationToken).ConfigureAwait(false);
        int right = answers.Zip(facts).Count(pair => pair.First?.Says(pair.Second.Item2) == true);
        Require("in the end the model says everything that the sources say", right == facts.Length, $"{right} of {facts.Length} facts");
    }

    private async Task SeeAsync(string question, string answer, string what, CancellationToken cancellationToken)
    {
        long start = clock.GetTimestamp();
        await board.WaitAsync(state => state.Fact(question)?.IsDone == true, _longest, cancellationToken).ConfigureAwait(false);
        TimeSpan time = clock.GetElapsedTime(start);
        string said = await AskAsync(question, cancellationToken).ConfigureAwait(false);
        Require($"{what} is noticed, edited and verified", said == answer, $"{said}, {time.TotalSeconds:0.0} s after the change");
    }

    private async Task<string> AskAsync(string question, CancellationToken cancellationToken) =>
        (await chat.GetResponseAsync(question, cancellationToken: cancellationToken).ConfigureAwait(false)).Text;

    private void Say(string text) => board.Tell("program", text);

    private void Require(string what, bool held, string seen) => _checks.Add((what, held, seen));

    // The folder of the message is of no interest here.
    private static string Short(string error) => error[(error.IndexOf("directory.csv", StringComparison.Ordinal) is var at and >= 0 ? at : 0)..];
}
