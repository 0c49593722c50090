using System.Globalization;
using System.Numerics;
using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Templates.Library;

/// <summary>Filters that make numbers, or text of numbers.</summary>
internal static class NumberFilters
{
    public static IReadOnlyDictionary<string, Filter> All { get; } = new Dictionary<string, Filter>
    {
        ["int"] = static (value, arguments, budget) => ToInteger(value, arguments.GetInt(1, "base", 10), budget) ?? arguments.Get(0, "default", BigInteger.Zero),
        ["float"] = static (value, arguments, _) => ToFloat(value) ?? arguments.Get(0, "default", 0.0),
        ["abs"] = static (value, _, _) => Numbers.Normalize(value) is BigInteger integer ? BigInteger.Abs(integer) : Math.Abs(Numbers.ToDouble(value)),
        ["round"] = static (value, arguments, budget) =>
            Round(Numbers.Normalize(value), arguments.GetInt(0, "precision", 0), arguments.GetText(1, "method", "common"), budget),
        ["filesizeformat"] = static (value, arguments, _) => FileSize(Numbers.ToDouble(value), arguments.GetTruth(0, "binary")),
    };

    private static object? ToInteger(object? value, int numberBase, RenderBudget budget)
    {
        switch (SafeText.Unmark(value))
        {
            case double number when double.IsFinite(number):
                return new BigInteger(Math.Truncate(number));
            case bool or BigInteger:
                return Numbers.Normalize(value);
            case string text:
                budget.ChargeNumber(12L * Math.Min(text.Length, Numbers.MostDigits));
                string digits = text.Trim().ToLowerInvariant();
                string prefix = numberBase switch { 16 => "0x", 8 => "0o", 2 => "0b", _ => "" };
                digits = prefix.Length > 0 && digits.StartsWith(prefix, StringComparison.Ordinal) ? digits[2..] : digits;
                return Numbers.TryParse(digits, numberBase, out BigInteger integer) ? integer
                    : ToFloat(text) is double real && double.IsFinite(real) ? new BigInteger(Math.Truncate(real))
                    : null;
            case Undefined undefined:
                throw undefined.Error();
            default:
                return null;
        }
    }

    private static object? ToFloat(object? value) => SafeText.Unmark(value) switch
    {
        bool or BigInteger or double => Numbers.ToDouble(value),
        Undefined undefined => throw undefined.Error(),
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
        _ => null,
    };

    private static object Round(object value, int precision, string method, RenderBudget budget)
    {
        if (method == "common" && value is BigInteger integer)
        {
            budget.ChargeNumber(4L * Math.Clamp(-(long)precision, 0, Numbers.MostDigits));
            return RoundInteger(integer, precision);
        }

        double number = Numbers.ToDouble(value);
        double scale = Math.Pow(10, precision);
        return method switch
        {
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            "common" when precision is >= 0 and <= 15 => RoundCommon(number, precision),
            "common" => Math.Round(number * scale, MidpointRounding.ToEven) / scale,
            _ => throw new TemplateException("the method of rounding must be common, ceil or floor"),
        };
    }

    /// <summary>Whole numbers stay whole; a negative precision rounds to tens, hundreds, …, halves to the even one.</summary>
    private static BigInteger RoundInteger(BigInteger value, int precision)
    {
        if (precision >= 0)
        {
            return value;
        }

        // No number a template may make has more digits.
        BigInteger unit = BigInteger.Pow(10, (int)Math.Min(-(long)precision, Numbers.MostDigits));
        BigInteger half = unit / 2;
        BigInteger quotient = BigInteger.DivRem(BigInteger.Abs(value), unit, out BigInteger rest);
        quotient += rest > half || (rest == half && !quotient.IsEven) ? 1 : 0;
        return quotient * unit * value.Sign;
    }

    /// <summary>Rounds the binary value itself: its exact decimal expansion decides, halves go to even.</summary>
    private static double RoundCommon(double number, int precision)
    {
        if (Math.Abs(number) >= 1e15)
        {
            return number;
        }

        decimal exact = decimal.Parse(number.ToString("F25", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return (double)decimal.Round(exact, precision, MidpointRounding.ToEven);
    }

    private static string FileSize(double bytes, bool binary)
    {
        double unit = binary ? 1024 : 1000;
        if (bytes < unit)
        {
            return bytes == 1 ? "1 Byte" : $"{Math.Truncate(bytes).ToString("0", CultureInfo.InvariantCulture)} Bytes";
        }

        int power = 0;
        double size = bytes / unit;
        for (; size >= unit && power < 7; power++)
        {
            size /= unit;
        }

        return $"{size.ToString("0.0", CultureInfo.InvariantCulture)} {"kMGTPEZY"[power].ToString().Replace("k", binary ? "K" : "k", StringComparison.Ordinal)}{(binary ? "iB" : "B")}";
    }
}
