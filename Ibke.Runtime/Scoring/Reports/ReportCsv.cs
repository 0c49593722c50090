using System.Globalization;
using Ibke.Runtime.Editing.Cases;

namespace Ibke.Runtime.Scoring.Reports;

/// <summary>A report as comma-separated values: a row for each method and number of edits; a field is empty where nothing was measured.</summary>
internal static class ReportCsv
{
    /// <summary>The document.</summary>
    public static string Text(ScoreReport report)
    {
        string[] header =
        [
            "method", "edits", "groups",
            .. ReportNames.Panels.Select(ReportNames.Of).SelectMany(name => new[] { name, $"{name}_low", $"{name}_high", $"{name}_asked", $"{name}_teacher_forced_tokens" }),
            "abstention", "skills_before", "skills_after", "drift", "excluded", "seconds_per_edit", "bytes_per_edit", "tokens_per_second", "tokens_per_second_unedited", "reverted_to_the_bit", "problem",
        ];
        return string.Concat(report.Results.Select(Row).Prepend(header).Select(row => CsvRecords.Format(row) + "\r\n"));
    }

    private static string[] Row(MethodScore score) =>
    [
        score.Method, $"{score.Edits}", $"{score.Groups}",
        .. ReportNames.Panels.SelectMany(panel => score.Scores.TryGetValue(panel, out Proportion share)
            ? [Number(share.Share), Number(share.Low), Number(share.High), $"{share.Asked}", Number(score.TeacherForced[panel].Share)]
            : new[] { "", "", "", "0", "" }),
        Number(score.Abstention.Share), Number(score.AllSkills.Before.Share), Number(score.AllSkills.After.Share), Number(score.Drift), $"{score.Excluded}", Number(score.SecondsPerEdit), Number(score.BytesPerEdit),
        Number(score.TokensPerSecond), Number(score.UneditedTokensPerSecond), score.Reverted is { } same ? same ? "yes" : "no" : "", score.Problem ?? "",
    ];

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("G6", CultureInfo.InvariantCulture) : "";
}
