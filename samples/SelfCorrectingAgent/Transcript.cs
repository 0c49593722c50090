using System.Globalization;
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
            Line("  gets", "yellow", call.Malformed is null ? call.Result : $"(malformed call: {call.Malformed}) {call.Result}");
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
