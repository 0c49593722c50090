using Ibke.Runtime.Checkpoints;
using Ibke.Runtime.Scoring.Reports.Html;

namespace Ibke.Runtime.Scoring.Reports;

/// <summary>Writes a report for programs (JSON, CSV) and for people (one HTML page that needs nothing else).</summary>
public static class ReportFiles
{
    /// <summary>The scores with everything about them.</summary>
    public const string JsonName = "results.json";

    /// <summary>A row for each method and number of edits.</summary>
    public const string CsvName = "results.csv";

    /// <summary>The page.</summary>
    public const string HtmlName = "report.html";

    /// <summary>Writes all three; each is written aside and takes its place in one step.</summary>
    /// <param name="report">What a run found.</param>
    /// <param name="folder">The folder; made where it is missing.</param>
    /// <exception cref="ScoreException">A file cannot be written.</exception>
    public static void Write(ScoreReport report, string folder)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        try
        {
            Directory.CreateDirectory(folder);
            WholeFile.Write(Path.Combine(folder, JsonName), ReportJson.Text(report));
            WholeFile.Write(Path.Combine(folder, CsvName), ReportCsv.Text(report));
            WholeFile.Write(Path.Combine(folder, HtmlName), ReportPage.Text(report));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ScoreException($"The report cannot be written to {folder}: {e.Message}", e);
        }
    }
}
