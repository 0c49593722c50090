using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace Ibke.Runtime.Templates.Values;

/// <summary>Python's two ways to fill text: <c>'%s' % x</c> and <c>'{}'.format(x)</c>, without their rarer conversions.</summary>
internal static partial class StringFormat
{
    /// <summary>Fills <c>%s %r %d %i %f %x %%</c> with flags, width and precision.</summary>
    public static string Percent(string format, object? values, RenderBudget budget)
    {
        IReadOnlyList<object?> items = values is TemplateList { IsTuple: true } tuple ? tuple.Items : [values];
        int used = 0;
        string text = Fill(PercentPattern(), format, budget, match =>
        {
            char kind = match.Groups["kind"].Value[0];
            if (kind == '%')
            {
                return "%";
            }

            object? value = match.Groups["key"].Success
                ? Lookup(values, match.Groups["key"].Value)
                : used < items.Count ? items[used++] : throw new TemplateException("not enough values for the format string");
            return Pad(Convert(kind, value, match.Groups["precision"].Value, budget), match.Groups["flags"].Value, match.Groups["width"].Value, budget);
        });
        return used == items.Count || values is TemplateDictionary or TemplateList { IsTuple: false }
            ? text
            : throw new TemplateException("not all values were used by the format string");
    }

    /// <summary>Fills <c>{}</c>, <c>{0}</c>, <c>{name}</c> and <c>{{</c>; format specifications are not known.</summary>
    public static string Braces(string format, Arguments arguments, RenderBudget budget)
    {
        int next = 0;
        return Fill(BracePattern(), format, budget, match =>
        {
            string field = match.Groups["field"].Value;
            if (match.Value is "{{" or "}}")
            {
                return match.Value[..1];
            }

            bool byPlace = int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out int place);
            object? value = field.Length == 0 ? arguments.Require(next++, "next")
                : byPlace ? arguments.Require(place, field)
                : arguments.Named.TryGetValue(field, out object? named) ? named
                : throw new TemplateException($"the format string names '{field}', which is not given");
            return PythonText.Of(value, budget);
        });
    }

    /// <summary>Replaces every field, with the length of the whole checked while it is made.</summary>
    private static string Fill(Regex pattern, string format, RenderBudget budget, Func<Match, string> replacement)
    {
        long length = format.Length;
        budget.ChargeText(length);
        return pattern.Replace(format, match =>
        {
            string text = replacement(match);
            length += text.Length - match.Length;
            budget.CheckLength(length);
            budget.Charge(1 + (text.Length / 16));
            return text;
        });
    }

    private static object? Lookup(object? values, string key) =>
        values is TemplateDictionary dictionary && dictionary.TryGet(key, out object? value)
            ? value
            : throw new TemplateException($"the format string names '{key}', which is not given");

    private static string Convert(char kind, object? value, string precision, RenderBudget budget)
    {
        int digits = precision.Length > 0 ? Math.Min(100, int.Parse(precision, CultureInfo.InvariantCulture)) : 6;
        return kind switch
        {
            's' => PythonText.Of(value, budget),
            'r' => PythonText.Represent(value, budget),
            'f' => Numbers.ToDouble(value).ToString("F" + digits, CultureInfo.InvariantCulture),
            'x' => Numbers.Normalize(value) is BigInteger whole ? HexOf(whole) : throw new TemplateException("'%x' needs a whole number"),
            _ => Numbers.Normalize(value) is BigInteger number
                ? number.ToString(CultureInfo.InvariantCulture)
                : double.IsFinite((double)value!)
                    ? new BigInteger((double)value!).ToString(CultureInfo.InvariantCulture)
                    : throw new TemplateException($"'%{kind}' needs a finite number"),
        };
    }

    private static string HexOf(BigInteger number)
    {
        string digits = BigInteger.Abs(number).ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
        return (number.Sign < 0 ? "-" : "") + (digits.Length == 0 ? "0" : digits);
    }

    private static string Pad(string text, string flags, string width, RenderBudget budget)
    {
        if (width.Length == 0)
        {
            return text;
        }

        long size = long.Parse(width, CultureInfo.InvariantCulture);
        budget.ChargeText(size);
        return flags.Contains('-', StringComparison.Ordinal) ? text.PadRight((int)size)
            : flags.Contains('0', StringComparison.Ordinal) ? ZeroFill(text, (int)size)
            : text.PadLeft((int)size);
    }

    /// <summary>Zeros between the sign and the digits.</summary>
    public static string ZeroFill(string text, int width)
    {
        int sign = text.Length > 0 && text[0] is '-' or '+' ? 1 : 0;
        return new StringBuilder(text).Insert(sign, "0", Math.Max(0, width - text.Length)).ToString();
    }

    [GeneratedRegex(@"%(\((?<key>[^)]*)\))?(?<flags>[-+ 0#]*)(?<width>\d{0,9})(\.(?<precision>\d{1,9}))?(?<kind>[srdifx%])")]
    private static partial Regex PercentPattern();

    [GeneratedRegex(@"\{\{|\}\}|\{(?<field>\w*)\}")]
    private static partial Regex BracePattern();
}
