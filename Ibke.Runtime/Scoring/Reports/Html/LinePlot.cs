using System.Globalization;
using System.Text;

namespace Ibke.Runtime.Scoring.Reports.Html;

/// <summary>A point of a line.</summary>
/// <param name="X">Above 0.</param>
/// <param name="Y">The value; points that are not finite are left out.</param>
/// <param name="Low">The lower end of its interval.</param>
/// <param name="High">The upper end of its interval.</param>
internal readonly record struct PlotPoint(double X, double Y, double Low, double High);

/// <summary>A line.</summary>
/// <param name="Name">What it is of.</param>
/// <param name="Style">Its number among the styles of lines; see <see cref="PlotMarker"/>.</param>
/// <param name="Points">From left to right.</param>
internal sealed record PlotLine(string Name, int Style, IReadOnlyList<PlotPoint> Points);

/// <summary>Draws lines over a logarithmic axis as SVG that stands inside an HTML page and takes its colours from it.</summary>
/// <param name="title">What the values are.</param>
/// <param name="scale">The vertical axis.</param>
internal sealed class LinePlot(string title, PlotScale scale)
{
    private const double Width = 360, Height = 230, Left = 54, Right = 14, Top = 14, Bottom = 36;

    // Lines are drawn beside each other, so that equal values can be told apart.
    private const double Offset = 3;

    /// <summary>The figure.</summary>
    public string Draw(IReadOnlyList<PlotLine> lines)
    {
        double[] places = [.. lines.SelectMany(line => line.Points).Select(point => point.X).Distinct().Order()];
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"""<figure><figcaption>{HtmlText.Of(title)}</figcaption><svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{HtmlText.Of(title)} by number of edits in force">""");
        foreach ((double value, string label) in scale.Ticks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{Y(value):0.0}" y2="{Y(value):0.0}"/><text class="tick" x="{Left - 6}" y="{Y(value) + 3.5:0.0}" text-anchor="end">{HtmlText.Of(label)}</text>""");
        }

        foreach (double place in places)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""<text class="tick" x="{X(place, places):0.0}" y="{Height - Bottom + 16}" text-anchor="middle">{place:N0}</text>""");
        }

        svg.Append(CultureInfo.InvariantCulture, $"""<text class="axis" x="{(Left + Width - Right) / 2:0}" y="{Height - 5}" text-anchor="middle">edits in force</text>""");
        // The first line is drawn last, above the others.
        for (int i = lines.Count - 1; i >= 0; i--)
        {
            Append(svg, lines[i], places, Offset * (i - ((lines.Count - 1) / 2.0)));
        }

        return svg.Append("</svg></figure>\n").ToString();
    }

    private static double X(double place, double[] places)
    {
        double share = places.Length < 2 ? 0.5 : Math.Log(place / places[0]) / Math.Log(places[^1] / places[0]);
        return Left + 22 + (share * (Width - Left - Right - 44));
    }

    private double Y(double value) => Height - Bottom - (scale.Position(value) * (Height - Top - Bottom));

    private void Append(StringBuilder svg, PlotLine line, double[] places, double offset)
    {
        PlotPoint[] points = [.. line.Points.Where(point => double.IsFinite(scale.Position(point.Y)))];
        (double X, double Y)[] at = [.. points.Select(point => (X(point.X, places) + offset, Y(point.Y)))];
        svg.Append(CultureInfo.InvariantCulture, $"""<g class="line s{PlotMarker.StyleOf(line.Style)}"><polyline points="{string.Join(' ', at.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.X:0.0},{p.Y:0.0}")))}"/>""");
        for (int i = 0; i < points.Length; i++)
        {
            if (points[i].High > points[i].Low)
            {
                svg.Append(CultureInfo.InvariantCulture, $"""<line class="interval" x1="{at[i].X:0.0}" x2="{at[i].X:0.0}" y1="{Y(points[i].Low):0.0}" y2="{Y(points[i].High):0.0}"/>""");
            }

            svg.Append(CultureInfo.InvariantCulture, $"""<path d="{PlotMarker.Path(line.Style, at[i].X, at[i].Y)}"><title>{HtmlText.Of(line.Name)}, {points[i].X:N0} in force: {HtmlText.Of(scale.Text(points[i].Y))}</title></path>""");
        }

        svg.Append("</g>");
    }
}
