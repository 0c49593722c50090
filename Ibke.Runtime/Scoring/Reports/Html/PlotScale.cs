namespace Ibke.Runtime.Scoring.Reports.Html;

/// <summary>A vertical axis.</summary>
/// <param name="Position">From a value to its place: 0 at the bottom, 1 at the top; not finite where it has none.</param>
/// <param name="Ticks">Values that are marked, with their labels.</param>
/// <param name="Text">A value as people read it.</param>
internal sealed record PlotScale(Func<double, double> Position, IReadOnlyList<(double Value, string Label)> Ticks, Func<double, string> Text)
{
    /// <summary>Shares from 0 to 1, in per cent.</summary>
    public static PlotScale Share { get; } = new(
        value => value, [.. new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(tick => (tick, HtmlText.Number(100 * tick, 0)))], value => HtmlText.Percent(value) + " %");

    /// <summary>Shares from 0 to a little above the largest value, at least 1, in per cent.</summary>
    public static PlotScale ShareUpTo(double largest)
    {
        double step = largest > 1 ? 0.5 : 0.25;
        double top = Math.Max(1, step * Math.Ceiling(largest / step));
        return new PlotScale(
            value => value / top,
            [.. Enumerable.Range(0, (int)Math.Round(top / step) + 1).Select(i => (i * step, HtmlText.Number(100 * i * step, 0)))],
            value => HtmlText.Percent(value) + " %");
    }

    /// <summary>Whole powers of ten around some values; those that are not above 0 have no place.</summary>
    public static PlotScale Powers(IEnumerable<double> values, Func<double, string> text)
    {
        double[] positive = [.. values.Where(value => double.IsFinite(value) && value > 0)];
        int low = positive.Length == 0 ? 0 : (int)Math.Floor(Math.Log10(positive.Min()));
        int high = positive.Length == 0 ? 1 : Math.Max(low + 1, (int)Math.Ceiling(Math.Log10(positive.Max())));
        int step = 1 + ((high - low) / 6);
        return new PlotScale(
            value => value > 0 ? (Math.Log10(value) - low) / (high - low) : double.NaN,
            [.. Enumerable.Range(low, high - low + 1).Where(power => (power - low) % step == 0).Select(power => (Math.Pow(10, power), text(Math.Pow(10, power))))],
            text);
    }
}
