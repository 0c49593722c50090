using Ibke.Cli.Terminals;
using Ibke.Runtime.Scoring;
using Ibke.Runtime.Scoring.Reports;
using Spectre.Console;
using Panel = Ibke.Runtime.Scoring.Panel;

namespace Ibke.Cli.Scoring;

/// <summary>Prints scores for people.</summary>
internal static class ScorePrinter
{
    /// <summary>A row for each method and number of edits, and where the page is.</summary>
    public static void Print(Terminal terminal, ScoreReport report, string page)
    {
        Table table = terminal.CreateTable("edits", "method", "reliability", "generality", "locality", "portability", "drift", "ms an edit", "kB an edit", "tokens/s");
        foreach (MethodScore result in report.Results)
        {
            table.AddRow(
                $"{result.Edits}",
                Markup.Escape(result.Method),
                Score(result, Panel.Reliability),
                Score(result, Panel.Generality),
                Score(result, Panel.Locality),
                Score(result, Panel.Portability),
                Number(result.Drift, "0.0000"),
                Number(1000 * result.SecondsPerEdit, "0"),
                Number(result.BytesPerEdit / 1000, "0"),
                Number(result.TokensPerSecond / result.UneditedTokensPerSecond, "0%"));
        }

        terminal.Write(table);
        foreach (MethodScore result in report.Results)
        {
            string? fault = result.Problem ?? (result.Reverted == false ? "the model is not the same after all edits were taken back" : null);
            if (fault is not null)
            {
                terminal.Out.WriteLine($"{result.Method}, {result.Edits} in force: {fault}");
            }
        }

        terminal.Out.WriteLine($"Report: {page}");
    }

    private static string Score(MethodScore result, Panel panel) =>
        result.Scores.TryGetValue(panel, out Proportion score) ? $"{100 * score.Share:0.0} ({100 * score.Low:0}-{100 * score.High:0})" : "";

    private static string Number(double value, string format) => double.IsFinite(value) ? value.ToString(format) : "";
}
