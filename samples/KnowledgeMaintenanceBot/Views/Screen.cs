using Ibke.Samples.KnowledgeMaintenanceBot.Boards;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Views;

/// <summary>Draws a board: sources, the pass, facts, edits in force, and what happened last.</summary>
internal static class Screen
{
    private const int ShownFacts = 8;
    private const int ShownEdits = 6;
    private const int ShownEvents = 8;

    /// <summary>The whole screen.</summary>
    public static IRenderable Draw(BoardState state, DateTimeOffset now) =>
        new Rows(Sources(state, now), Pass(state.Pass), Facts(state), Edits(state), Events(state));

    private static Table Sources(BoardState state, DateTimeOffset now)
    {
        Table table = NewTable("source", "facts", "last read", "state");
        foreach (SourceState source in state.Sources)
        {
            string condition = source.Error is { } error ? $"[red]{Markup.Escape(error)}[/] [grey]{source.Failures} times; {Until(source.NextTry, now)}[/]"
                : source.LastRead is null ? "[grey]not read yet[/]" : "[green]read[/]";
            table.AddRow(Markup.Escape(source.Name), $"{source.Facts}", source.LastRead is { } read ? $"{read.ToLocalTime():HH:mm:ss}" : "", condition);
        }

        return table;
    }

    private static string Until(DateTimeOffset? time, DateTimeOffset now) =>
        time is { } next && next > now ? $"again in {(next - now).TotalSeconds:0} s" : "trying again";

    private static Markup Pass(PassProgress? pass) => new(pass switch
    {
        null => "[grey]no pass yet[/]",
        { IsOver: true } => $"[grey]pass {pass.Number}: {pass.Done} facts, {pass.PerSecond:0} a second; waiting for changes[/]",
        _ => $"[yellow]pass {pass.Number}: {pass.Done} of {pass.Facts} facts, {pass.PerSecond:0} a second, {pass.Left.TotalSeconds:0} s left[/]",
    });

    private static IRenderable Facts(BoardState state)
    {
        Table table = NewTable("fact", "the model said", "the sources say", "status", "");
        foreach (TrackedFact fact in state.Recent.TakeLast(ShownFacts).Select(key => state.Facts.GetValueOrDefault(key)).OfType<TrackedFact>())
        {
            string status = $"{fact.Status.ToString().ToLowerInvariant()} {fact.EditId}".TrimEnd();
            string detail = fact.Status == FactStatus.Conflict ? fact.Source : fact.Detail ?? "";
            table.AddRow(
                Markup.Escape(fact.Question), Markup.Escape(fact.Said ?? ""), Markup.Escape(fact.Current ?? ""), $"[{Colour(fact.Status)}]{status}[/]", Markup.Escape(detail));
        }

        return table.Rows.Count == 0 ? new Markup("[grey]nothing stale[/]") : table;
    }

    private static string Colour(FactStatus status) => status switch
    {
        FactStatus.Verified => "green",
        FactStatus.Found or FactStatus.Proposed or FactStatus.Applied or FactStatus.Waiting or FactStatus.Deferred => "yellow",
        _ => "red",
    };

    private static Markup Edits(BoardState state) => new(
        $"edits in force: [bold]{state.Edits.Count}[/]"
        + string.Concat(state.Edits.TakeLast(ShownEdits).Select(edit =>
            Markup.Escape($"\n  {edit.Id}  {edit.Question} {edit.Answer}{(edit.ApprovedBy.Count == 0 ? "" : $"  (approved by {string.Join(", ", edit.ApprovedBy)})")}"))));

    private static Rows Events(BoardState state) => new(state.Events.TakeLast(ShownEvents).Select(happened => new Markup(
        $"[grey]{happened.Time:HH:mm:ss}[/] [{(happened.IsProblem ? "red" : "aqua")}]{Markup.Escape(happened.Topic),-8}[/] {Markup.Escape(happened.Text)}")));

    private static Table NewTable(params string[] columns) => new Table().Border(TableBorder.Rounded).Expand().AddColumns(columns);
}
