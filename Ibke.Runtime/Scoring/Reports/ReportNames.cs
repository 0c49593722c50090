using System.Text.Json;

namespace Ibke.Runtime.Scoring.Reports;

/// <summary>Names of panels in files.</summary>
internal static class ReportNames
{
    /// <summary>The panels, in the order of reports.</summary>
    public static IReadOnlyList<Panel> Panels { get; } = Enum.GetValues<Panel>();

    /// <summary>Such as <c>reliability</c>.</summary>
    public static string Of(Panel panel) => JsonNamingPolicy.SnakeCaseLower.ConvertName(panel.ToString());
}
