using System.Globalization;
using System.Net;

namespace Ibke.Runtime.Scoring.Reports.Html;

/// <summary>Values as people read them, safe within HTML.</summary>
internal static class HtmlText
{
    /// <summary>Stands where nothing was measured.</summary>
    public const string Nothing = "–";

    /// <summary>Any text.</summary>
    public static string Of(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A number with a fixed number of digits after the point.</summary>
    public static string Number(double value, int digits) =>
        double.IsFinite(value) ? value.ToString($"F{digits}", CultureInfo.InvariantCulture) : Nothing;

    /// <summary>A share in per cent.</summary>
    public static string Percent(double share) => double.IsFinite(share) ? Number(100 * share, share is 1 or 0 ? 0 : 1) : Nothing;

    /// <summary>A share in per cent with its interval.</summary>
    public static string Score(Proportion score) => score.Asked == 0
        ? Nothing
        : $"""<b>{Percent(score.Share)}</b> <small>{Number(100 * score.Low, 0)}–{Number(100 * score.High, 0)}</small>""";

    /// <summary>Seconds, as a length of time that is easy to read.</summary>
    public static string Seconds(double seconds) => !double.IsFinite(seconds) ? Nothing
        : seconds < 1 ? $"{(seconds < 0.01 ? Small(1000 * seconds) : Number(1000 * seconds, 0))} ms" : $"{seconds.ToString(seconds < 10 ? "0.##" : "0", CultureInfo.InvariantCulture)} s";

    /// <summary>Bytes in the unit that fits.</summary>
    public static string Bytes(double bytes) => !double.IsFinite(bytes) ? Nothing
        : bytes < 1e3 ? $"{Number(bytes, 0)} B" : bytes < 1e6 ? $"{Number(bytes / 1e3, bytes is > 1e3 and < 1e4 ? 1 : 0)} kB" : $"{Number(bytes / 1e6, bytes is > 1e6 and < 1e7 ? 1 : 0)} MB";

    /// <summary>A number above 0 that may be small, with two digits that count, and no exponent.</summary>
    public static string Small(double value)
    {
        if (!double.IsFinite(value))
        {
            return Nothing;
        }

        int digits = value > 0 ? Math.Clamp(1 - (int)Math.Floor(Math.Log10(value)), 0, 15) : 0;
        return value.ToString($"0.{new string('#', digits)}", CultureInfo.InvariantCulture);
    }

    /// <summary>A name of the files as words.</summary>
    public static string Words(string name) => Of(name.Replace('_', ' '));
}
