using System.Globalization;
using System.Text;

namespace Ibke.Runtime.Templates.Library;

/// <summary>Python's <c>strftime</c> with English names.</summary>
internal static class DateFormat
{
    public static string Format(DateTimeOffset time, string format)
    {
        StringBuilder text = new();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            bool unpadded = format[i + 1] == '-' && i + 2 < format.Length;
            i += unpadded ? 2 : 1;
            string field = Field(time, format[i]);
            text.Append(unpadded && field.Length > 1 ? field.TrimStart('0').PadLeft(1, '0') : field);
        }

        return text.ToString();
    }

    private static string Field(DateTimeOffset time, char code)
    {
        string? pattern = code switch
        {
            'Y' => "yyyy",
            'y' => "yy",
            'm' => "MM",
            'd' => "dd",
            'B' => "MMMM",
            'b' or 'h' => "MMM",
            'A' => "dddd",
            'a' => "ddd",
            'H' => "HH",
            'I' => "hh",
            'M' => "mm",
            'S' => "ss",
            'p' => "tt",
            'f' => "ffffff",
            'F' => "yyyy-MM-dd",
            'T' => "HH:mm:ss",
            'D' => "MM/dd/yy",
            _ => null,
        };
        return pattern is not null ? time.ToString(pattern, CultureInfo.InvariantCulture) : code switch
        {
            'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'z' or 'Z' => "",
            'n' => "\n",
            't' => "\t",
            '%' => "%",
            _ => "%" + code,
        };
    }
}
