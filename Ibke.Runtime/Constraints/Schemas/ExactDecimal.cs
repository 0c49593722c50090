using System.Globalization;
using System.Numerics;

namespace Ibke.Runtime.Constraints.Schemas;

/// <summary>A decimal number as JSON writes it, without rounding: <c>Units / 10^Scale</c>, in lowest terms.</summary>
internal readonly record struct ExactDecimal : IComparable<ExactDecimal>
{
    private const int LargestExponent = 1000;

    private ExactDecimal(BigInteger units, int scale)
    {
        while (scale > 0 && units % 10 == 0)
        {
            units /= 10;
            scale--;
        }

        Units = units;
        Scale = scale;
    }

    /// <summary>0.</summary>
    public static ExactDecimal Zero { get; } = new(0, 0);

    /// <summary>The digits.</summary>
    public BigInteger Units { get; }

    /// <summary>How many of them are behind the point.</summary>
    public int Scale { get; }

    /// <summary>−1, 0 or 1.</summary>
    public int Sign => Units.Sign;

    /// <summary>Whether no digits are behind the point.</summary>
    public bool IsInteger => Scale == 0;

    /// <summary>Reads a number of JSON.</summary>
    /// <exception cref="FormatException">It is too large or too small.</exception>
    public static ExactDecimal Parse(string text)
    {
        int e = text.IndexOfAny(['e', 'E']);
        string mantissa = e < 0 ? text : text[..e];
        if (!int.TryParse(e < 0 ? "0" : text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int exponent)
            || exponent is < -LargestExponent or > LargestExponent || mantissa.Length > LargestExponent)
        {
            throw new FormatException($"the number {(text.Length > 40 ? text[..40] + "…" : text)} is too large or too small");
        }

        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        int scale = (point < 0 ? 0 : mantissa.Length - point - 1) - exponent;
        BigInteger units = BigInteger.Parse(mantissa.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return scale < 0 ? new ExactDecimal(units * BigInteger.Pow(10, -scale), 0) : new ExactDecimal(units, scale);
    }

    /// <summary>The largest integer not above it.</summary>
    public BigInteger Floor()
    {
        BigInteger whole = BigInteger.DivRem(Units, BigInteger.Pow(10, Scale), out BigInteger rest);
        return rest.Sign < 0 ? whole - 1 : whole;
    }

    /// <summary>The smallest integer not below it.</summary>
    public BigInteger Ceiling() => -Negate().Floor();

    /// <summary>The digits behind the point of a number that is not negative, without zeros at the end.</summary>
    public string Fraction()
    {
        BigInteger rest = Units % BigInteger.Pow(10, Scale);
        return Scale == 0 ? "" : rest.ToString(CultureInfo.InvariantCulture).PadLeft(Scale, '0');
    }

    /// <summary>The number with the other sign.</summary>
    public ExactDecimal Negate() => new(-Units, Scale);

    /// <inheritdoc/>
    public int CompareTo(ExactDecimal other)
    {
        int scale = Math.Max(Scale, other.Scale);
        return (Units * BigInteger.Pow(10, scale - Scale)).CompareTo(other.Units * BigInteger.Pow(10, scale - other.Scale));
    }
}
