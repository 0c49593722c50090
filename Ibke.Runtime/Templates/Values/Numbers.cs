using System.Globalization;
using System.Numerics;

namespace Ibke.Runtime.Templates.Values;

/// <summary>Python's numbers: integers without limit, floats printed by their shortest round trip.</summary>
internal static class Numbers
{
    /// <summary>Reading digits takes time that grows with their square; no number a template may make has more.</summary>
    public const int MostDigits = 20_000;

    /// <summary>An integer literal: decimal, 0x, 0o, 0b, with underscores.</summary>
    public static bool TryParseLiteral(string literal, out BigInteger value)
    {
        string digits = literal.Replace("_", "", StringComparison.Ordinal);
        return digits.Length < 2 || char.IsAsciiDigit(digits[1])
            ? TryParse(digits, 10, out value)
            : TryParse(digits[2..], char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, _ => 2 }, out value);
    }

    /// <summary>Digits of a base from 2 to 36, with a sign; a text of too many is refused.</summary>
    public static bool TryParse(string text, int numberBase, out BigInteger value)
    {
        value = 0;
        if (text.Length > MostDigits)
        {
            return false;
        }

        int start = text.Length > 0 && text[0] is '-' or '+' ? 1 : 0;
        for (int i = start; i < text.Length; i++)
        {
            int digit = char.IsAsciiLetterOrDigit(text[i]) ? "0123456789abcdefghijklmnopqrstuvwxyz".IndexOf(char.ToLowerInvariant(text[i])) : -1;
            if (digit < 0 || digit >= numberBase)
            {
                return false;
            }

            value = (value * numberBase) + digit;
        }

        value = text.StartsWith('-') ? -value : value;
        return text.Length > start;
    }

    /// <summary>The value as an integer or float; true is 1.</summary>
    public static object Normalize(object? value) => value switch
    {
        bool truth => truth ? BigInteger.One : BigInteger.Zero,
        BigInteger or double => value,
        Undefined undefined => throw undefined.Error(),
        _ => throw new TemplateException($"a number was expected, not a {ValueKinds.NameOf(value)}"),
    };

    public static double ToDouble(object? value) => Normalize(value) is BigInteger integer ? (double)integer : (double)Normalize(value);

    /// <summary>Python's text of a float: <c>1.0</c>, <c>1e+20</c>, <c>1e-07</c>.</summary>
    public static string Format(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        if (value == 0)
        {
            return double.IsNegative(value) ? "-0.0" : "0.0";
        }

        string scientific = value.ToString("E16", CultureInfo.InvariantCulture);
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        string digits = new string([.. shortest.TakeWhile(static c => c != 'E').Where(char.IsAsciiDigit)]).TrimStart('0').TrimEnd('0');
        int exponent = ExponentOf(scientific, shortest);
        string sign = value < 0 ? "-" : "";
        if (exponent is < -4 or >= 16)
        {
            string fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }

        string padded = digits.PadRight(exponent + 2, '0');
        return $"{sign}{padded[..(exponent + 1)]}.{padded[(exponent + 1)..]}";
    }

    /// <summary>The decimal exponent; rounding to 17 digits may carry (9.99…e22), so the shortest form decides where it has one.</summary>
    private static int ExponentOf(string scientific, string shortest)
    {
        string source = shortest.Contains('E', StringComparison.Ordinal) ? shortest : scientific;
        return int.Parse(source[(source.IndexOf('E', StringComparison.Ordinal) + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }
}
