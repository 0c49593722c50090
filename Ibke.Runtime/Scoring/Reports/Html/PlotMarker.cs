using System.Globalization;

namespace Ibke.Runtime.Scoring.Reports.Html;

/// <summary>The shapes of points: lines are told apart by shape as well as by colour.</summary>
internal static class PlotMarker
{
    /// <summary>The number of colours that the page has.</summary>
    public const int Styles = 10;

    private static readonly (double X, double Y)[][] _shapes =
    [
        [.. Enumerable.Range(0, 12).Select(i => (4.2 * Math.Cos(i * Math.PI / 6), 4.2 * Math.Sin(i * Math.PI / 6)))],
        [(-3.4, -3.4), (3.4, -3.4), (3.4, 3.4), (-3.4, 3.4)],
        [(0, -4.6), (4.4, 3.2), (-4.4, 3.2)],
        [(0, -4.8), (4.8, 0), (0, 4.8), (-4.8, 0)],
        [(0, 4.6), (4.4, -3.2), (-4.4, -3.2)],
    ];

    /// <summary>The colour of a line.</summary>
    public static int StyleOf(int line) => line % Styles;

    /// <summary>The outline of a line's points.</summary>
    public static string Path(int line, double x, double y) => "M" + string.Join('L', _shapes[line % _shapes.Length].Select(corner =>
        string.Create(CultureInfo.InvariantCulture, $"{x + corner.X:0.0} {y + corner.Y:0.0}"))) + "Z";
}
