using Ibke.Cli.Terminals;
using Ibke.Runtime.Editing;
using Spectre.Console;

namespace Ibke.Cli.Editing;

/// <summary>Prints edits for people.</summary>
internal static class EditPrinter
{
    private const int ShownFailures = 5;

    /// <summary>A few edits in full; many as a summary and what was rejected.</summary>
    public static void Print(Terminal terminal, EditReport report)
    {
        if (report.Edits.Count == 1)
        {
            PrintOne(terminal, report.Edits[0]);
        }
        else
        {
            PrintMany(terminal, report.Edits);
        }

        foreach (EditAnswer answer in report.Answers)
        {
            terminal.Out.WriteLine($"{answer.Question}  {answer.Answer}{(answer.EditId is null ? "" : $"  ({answer.EditId})")}");
        }

        if (report.Edits.Any(edit => edit.Result.Status == EditStatus.Applied))
        {
            terminal.Out.WriteLine("The edits lived in this process only and end with it; no file was changed.");
        }
    }

    /// <summary>One edit with all its scores.</summary>
    public static void PrintOne(Terminal terminal, EditOutcome edit)
    {
        EditResult result = edit.Result;
        Table table = terminal.CreateTable("", "");
        void Row(string name, string value) => table.AddRow(Markup.Escape(name), Markup.Escape(value));
        Row("status", Status(result));
        Row("question", edit.Question);
        Row("answer before", result.AnswerBefore);
        Row("answer after", result.AnswerAfter);
        if (result.Rounds > 0)
        {
            Row("reliability", Score(result.Reliability));
            Row("generality", Score(result.Generality));
            Row("locality", Score(result.Locality));
            Row("canaries", Score(result.Canaries));
            Row("drift", $"{Math.Max(0, result.Drift):0.00000} nats a token; from the base model {result.TotalDrift:0.00000}");
            Row("cost", $"{result.Rounds} {(result.Rounds == 1 ? "round" : "rounds")}, {result.ComputeTime.TotalMilliseconds:0} ms computing, "
                + $"{result.JudgeTime.TotalMilliseconds:0} ms judging, {result.Bytes / 1024.0:0} KiB");
        }

        Row("weight version", $"{result.WeightVersion}");
        terminal.Write(table);
        PrintFailures(terminal, "generality", result.Generality);
        PrintFailures(terminal, "locality", result.Locality);
        PrintFailures(terminal, "canaries", result.Canaries);
    }

    private static void PrintMany(Terminal terminal, IReadOnlyList<EditOutcome> edits)
    {
        Table table = terminal.CreateTable("edits", "applied", "rejected", "already so", "reliability", "generality", "locality", "ms an edit");
        EditResult[] judged = [.. edits.Select(edit => edit.Result).Where(result => result.Rounds > 0)];
        table.AddRow(
            $"{edits.Count}",
            $"{edits.Count(edit => edit.Result.Status == EditStatus.Applied)}",
            $"{edits.Count(edit => edit.Result.Status == EditStatus.Rejected)}",
            $"{edits.Count(edit => edit.Result.Status == EditStatus.Unchanged)}",
            Total(judged.Select(result => result.Reliability)),
            Total(judged.Select(result => result.Generality)),
            Total(judged.Select(result => result.Locality)),
            judged.Length == 0 ? "" : $"{judged.Average(result => result.Elapsed.TotalMilliseconds):0}");
        terminal.Write(table);
        foreach (EditOutcome edit in edits.Where(edit => edit.Result.Status == EditStatus.Rejected))
        {
            terminal.Out.WriteLine($"rejected: {edit.Question} {edit.Wanted}: {edit.Result.Reason}");
        }
    }

    private static string Status(EditResult result) => result.Status switch
    {
        EditStatus.Applied => $"applied as {result.Id}{(result.Supersedes is null ? "" : $", supersedes {result.Supersedes}")}",
        EditStatus.Rejected => $"rejected: {result.Reason}",
        _ => "unchanged: the model already says so",
    };

    private static string Score(PanelScore score) => score.Asked == 0 ? "no questions" : $"{score.Score:P0} ({score})";

    private static string Total(IEnumerable<PanelScore> scores)
    {
        (int asked, int right) = scores.Aggregate((0, 0), (sum, score) => (sum.Item1 + score.Asked, sum.Item2 + score.Right));
        return asked == 0 ? "" : $"{(double)right / asked:P1} ({right} of {asked})";
    }

    private static void PrintFailures(Terminal terminal, string panel, PanelScore score)
    {
        foreach (PanelFailure failure in score.Failures.Take(ShownFailures))
        {
            terminal.Out.WriteLine($"{panel}: {failure.Question} {failure.Actual} (expected {failure.Expected})");
        }

        if (score.Failures.Count > ShownFailures)
        {
            terminal.Out.WriteLine($"{panel}: and {score.Failures.Count - ShownFailures} more");
        }
    }
}
