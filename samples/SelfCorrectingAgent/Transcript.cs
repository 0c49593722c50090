using System.Globalization;
using Ibke.Runtime.Editing;
using Spectre.Console;

namespace Ibke.Samples.SelfCorrectingAgent;

/// <summary>Writes what happens in a form that people can follow, and remembers what was checked.</summary>
internal sealed class Transcript(IAnsiConsole console)
{
    private readonly List<Check> _checks = [];

    /// <summary>Whether everything that was checked held.</summary>
    public bool Succeeded => _checks.Count > 0 && _checks.TrueForAll(check => check.Held);

    /// <summary>A console that writes plain text of a fixed width where nobody watches.</summary>
    public static IAnsiConsole CreateConsole()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 120;
        }

        return console;
    }

    public void Title(string text) => console.Write(new Rule($"[bold]{Markup.Escape(text)}[/]").LeftJustified());

    public void Note(string text) => console.MarkupLine($"[grey]{Markup.Escape(text)}[/]");

    /// <summary>A question and its answer on one line.</summary>
    public void Exchange(string question, string answer) =>
        console.MarkupLine($"         {Markup.Escape(question)} [grey]→[/] [green]{Markup.Escape(answer)}[/]");

    public void User(string text) => Line("user", "aqua", text);

    public void Agent(AgentTurn turn)
    {
        foreach (AgentCall call in turn.Calls)
        {
            Line("  calls", "yellow", $"{call.Function} {call.Arguments}");
            Line("  gets", "yellow", call.Result);
        }

        Line("agent", "green", turn.Reply);
    }

    /// <summary>Records whether something that must hold does.</summary>
    public void Require(string what, bool held, string detail)
    {
        _checks.Add(new Check(what, held, detail));
        if (!held)
        {
            console.MarkupLine($"[red]  does not hold: {Markup.Escape(what)}: {Markup.Escape(detail)}[/]");
        }
    }

    /// <summary>What the editor's judge found before each edit was published.</summary>
    public void Edits(IEnumerable<EditRecord> records)
    {
        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumns("edit", "question", "before → after", "reliability", "generality", "locality", "drift", "time");
        foreach (EditRecord record in records)
        {
            EditResult result = record.Result;
            table.AddRow(
                record.Id,
                Markup.Escape(record.Request.Prompt),
                Markup.Escape($"{result.AnswerBefore} → {result.AnswerAfter}"),
                $"{result.Reliability.Score:P0}",
                $"{result.Generality.Score:P0} of {result.Generality.Asked}",
                $"{result.Locality.Score:P0} of {result.Locality.Asked}",
                string.Create(CultureInfo.InvariantCulture, $"{result.Drift:0.####}"),
                string.Create(CultureInfo.InvariantCulture, $"{result.Elapsed.TotalMilliseconds:0} ms"));
        }

        console.Write(table);
    }

    public void Summary(IEnumerable<(string Name, TimeSpan Time)> timings)
    {
        console.WriteLine();
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("", "what must hold", "seen");
        foreach (Check check in _checks)
        {
            table.AddRow(check.Held ? "[green]yes[/]" : "[red]NO[/]", Markup.Escape(check.What), Markup.Escape(check.Detail));
        }

        console.Write(table);
        console.MarkupLine(string.Join("  ", timings.Select(timing =>
            $"{Markup.Escape(timing.Name)} [bold]{timing.Time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)} s[/]")));
        console.MarkupLine(Succeeded
            ? $"[green]Everything held: {_checks.Count} of {_checks.Count}.[/]"
            : $"[red]{_checks.Count(check => !check.Held)} of {_checks.Count} did not hold.[/]");
    }

    private void Line(string who, string colour, string text) =>
        console.MarkupLine($"[{colour}]{who,-8}[/] {Markup.Escape(text)}");

    private sealed record Check(string What, bool Held, string Detail);
}
