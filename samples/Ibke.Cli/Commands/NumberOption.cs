using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace Ibke.Cli.Commands;

/// <summary>Options whose value is a number within a range. A wrong value is reported with the range.</summary>
internal static class NumberOption
{
    /// <summary>Makes an option; its value is null where it was not given.</summary>
    /// <param name="name">Such as <c>--top-p</c>.</param>
    /// <param name="description">What it does, for the help.</param>
    /// <param name="minimum">The least value.</param>
    /// <param name="maximum">The greatest value; null for none.</param>
    public static Option<T?> Create<T>(string name, string description, T minimum, T? maximum = null)
        where T : struct, INumber<T>
    {
        string range = maximum is null ? $"at least {minimum}" : $"from {minimum} to {maximum}";
        return new Option<T?>(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                bool valid = T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T value)
                    && T.IsFinite(value) && value >= minimum && (maximum is null || value <= maximum);
                if (valid)
                {
                    return value;
                }

                result.AddError($"{name} is '{text}', but must be a number {range}.");
                return null;
            },
        };
    }
}
