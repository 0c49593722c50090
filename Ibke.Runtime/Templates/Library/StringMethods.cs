using System.Numerics;
using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Templates.Library;

/// <summary>Python's methods of strings.</summary>
internal static class StringMethods
{
    private static readonly Dictionary<string, Func<string, Arguments, RenderBudget, object?>> _methods = new()
    {
        ["upper"] = static (text, _, _) => UnicodeCase.Upper(text),
        ["lower"] = static (text, _, _) => UnicodeCase.Lower(text),
        ["title"] = static (text, _, _) => UnicodeCase.Title(text),
        ["capitalize"] = static (text, _, _) => UnicodeCase.Capitalize(text),
        ["casefold"] = static (text, _, _) => UnicodeCase.Lower(text).Replace("ß", "ss", StringComparison.Ordinal).Replace('ς', 'σ'),
        ["swapcase"] = static (text, _, _) => UnicodeCase.Swap(text),
        ["strip"] = static (text, arguments, _) => Strip(text, arguments.Get(0, "chars"), true, true),
        ["lstrip"] = static (text, arguments, _) => Strip(text, arguments.Get(0, "chars"), true, false),
        ["rstrip"] = static (text, arguments, _) => Strip(text, arguments.Get(0, "chars"), false, true),
        ["split"] = static (text, arguments, _) => Split(text, arguments, false),
        ["rsplit"] = static (text, arguments, _) => Split(text, arguments, true),
        ["splitlines"] = static (text, _, _) => new TemplateList([.. SplitLines(text)]),
        ["partition"] = static (text, arguments, _) => Partition(text, arguments.RequireText(0, "sep"), false),
        ["rpartition"] = static (text, arguments, _) => Partition(text, arguments.RequireText(0, "sep"), true),
        ["startswith"] = static (text, arguments, _) => Affix(text, arguments, static (part, affix) => part.StartsWith(affix, StringComparison.Ordinal)),
        ["endswith"] = static (text, arguments, _) => Affix(text, arguments, static (part, affix) => part.EndsWith(affix, StringComparison.Ordinal)),
        ["removeprefix"] = static (text, arguments, _) => text.StartsWith(arguments.RequireText(0, "prefix"), StringComparison.Ordinal)
            ? text[arguments.RequireText(0, "prefix").Length..] : text,
        ["removesuffix"] = static (text, arguments, _) => text.EndsWith(arguments.RequireText(0, "suffix"), StringComparison.Ordinal)
            ? text[..^arguments.RequireText(0, "suffix").Length] : text,
        ["replace"] = static (text, arguments, budget) =>
            Replace(text, arguments.RequireText(0, "old"), arguments.RequireText(1, "new"), arguments.GetInt(2, "count", -1), budget),
        ["find"] = static (text, arguments, _) => Find(text, arguments, false),
        ["rfind"] = static (text, arguments, _) => Find(text, arguments, true),
        ["index"] = static (text, arguments, _) => Find(text, arguments, false) is BigInteger place && place >= 0
            ? place : throw new TemplateException("the substring is not found"),
        ["rindex"] = static (text, arguments, _) => Find(text, arguments, true) is BigInteger place && place >= 0
            ? place : throw new TemplateException("the substring is not found"),
        ["count"] = static (text, arguments, _) => (BigInteger)CountIn(text, arguments),
        ["join"] = static (text, arguments, budget) => Join(text, ValueKinds.Enumerate(arguments.Require(0, "iterable")), budget),
        ["format"] = static (text, arguments, budget) => StringFormat.Braces(text, arguments, budget),
        ["zfill"] = static (text, arguments, budget) => StringFormat.ZeroFill(text, Width(text, arguments, budget) - text.Length + CodePoints.Count(text)),
        ["ljust"] = static (text, arguments, budget) => text.PadRight(Width(text, arguments, budget), Fill(arguments)),
        ["rjust"] = static (text, arguments, budget) => text.PadLeft(Width(text, arguments, budget), Fill(arguments)),
        ["center"] = static (text, arguments, budget) => Center(text, Width(text, arguments, budget), Fill(arguments)),
        ["expandtabs"] = static (text, arguments, budget) => ExpandTabs(text, arguments.GetInt(0, "tabsize", 8), budget),
        ["isdigit"] = static (text, _, _) => All(text, char.IsDigit),
        ["isnumeric"] = static (text, _, _) => All(text, char.IsNumber),
        ["isdecimal"] = static (text, _, _) => All(text, char.IsDigit),
        ["isalpha"] = static (text, _, _) => All(text, char.IsLetter),
        ["isalnum"] = static (text, _, _) => All(text, char.IsLetterOrDigit),
        ["isascii"] = static (text, _, _) => text.All(char.IsAscii),
        ["isspace"] = static (text, _, _) => All(text, CodePoints.IsWhiteSpace),
        ["isupper"] = static (text, _, _) => text.Any(char.IsUpper) && !text.Any(char.IsLower),
        ["islower"] = static (text, _, _) => text.Any(char.IsLower) && !text.Any(char.IsUpper),
    };

    public static TemplateFunction? Find(string text, string name, RenderBudget budget) =>
        _methods.TryGetValue(name, out Func<string, Arguments, RenderBudget, object?>? method)
            ? new TemplateFunction(name, arguments => Call(method, text, arguments, budget))
            : null;

    /// <summary>Calls a method; reading the text, and seeking the text it is given in it, is work.</summary>
    private static object? Call(Func<string, Arguments, RenderBudget, object?> method, string text, Arguments arguments, RenderBudget budget)
    {
        budget.Charge(text.Length / 16);
        foreach (string sought in arguments.Positional.Take(1).Concat(arguments.Named.Values).OfType<string>())
        {
            budget.ChargeSearch(text, sought);
        }

        object? result = method(text, arguments.Select(SafeText.Unmark), budget);
        budget.Charge(result is TemplateList parts ? parts.Count : 0);
        return result;
    }

    /// <summary>The text without the given characters, or white space, at its ends.</summary>
    public static string Strip(string text, object? characters, bool start, bool end)
    {
        Func<char, bool> drops = SafeText.Unmark(characters) switch
        {
            null or Undefined => CodePoints.IsWhiteSpace,
            string set => new HashSet<char>(set).Contains,
            _ => throw new TemplateException("the characters to strip must be a string"),
        };
        int first = 0;
        int last = text.Length;
        while (start && first < last && drops(text[first]))
        {
            first++;
        }

        while (end && last > first && drops(text[last - 1]))
        {
            last--;
        }

        return text[first..last];
    }

    /// <summary>Replaces at most <paramref name="count"/> times from the left; a negative count has no limit.</summary>
    public static string Replace(string text, string old, string replacement, int count, RenderBudget budget)
    {
        budget.ChargeSearch(text, old);
        long found = old.Length == 0 ? text.Length + 1 : Count(text, old);
        budget.ChargeText(text.Length + (found * replacement.Length));
        if (old.Length == 0)
        {
            IEnumerable<string> parts = CodePoints.Split(text).Select((part, i) => count < 0 || i < count ? replacement + part : part);
            return string.Concat(parts) + (count < 0 || count > CodePoints.Count(text) ? replacement : "");
        }

        return count < 0
            ? text.Replace(old, replacement, StringComparison.Ordinal)
            : string.Join(replacement, text.Split(old, (int)Math.Min(found, count) + 1));
    }

    /// <summary>Text between the items; each is printed.</summary>
    public static string Join(string separator, IEnumerable<object?> items, RenderBudget budget)
    {
        List<string> parts = [];
        long length = 0;
        foreach (object? item in items)
        {
            string part = PythonText.Of(item, budget);
            length += part.Length + separator.Length;
            budget.CheckLength(length);
            budget.Charge(1 + ((part.Length + separator.Length) / 16));
            parts.Add(part);
        }

        return string.Join(separator, parts);
    }

    /// <summary>The lines without their ends; every line end Python knows counts.</summary>
    public static List<string> SplitLines(string text)
    {
        List<string> lines = [];
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is (>= '\n' and <= '\r') or (>= '\u001c' and <= '\u001e') or '\u0085' or '\u2028' or '\u2029')
            {
                lines.Add(text[start..i]);
                i += text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? 1 : 0;
                start = i + 1;
            }
        }

        if (start < text.Length)
        {
            lines.Add(text[start..]);
        }

        return lines;
    }

    public static string Center(string text, int width, char fill = ' ')
    {
        int missing = Math.Max(0, width - text.Length);
        int left = (missing / 2) + (missing & width & 1);
        return new string(fill, left) + text + new string(fill, missing - left);
    }

    private static TemplateList Split(string text, Arguments arguments, bool fromRight)
    {
        int limit = arguments.GetInt(1, "maxsplit", -1);
        object? separator = arguments.Get(0, "sep");
        List<string> parts = separator switch
        {
            null => SplitWhiteSpace(text, limit, fromRight),
            "" => throw new TemplateException("the separator is empty"),
            string by when limit < 0 => [.. text.Split(by)],
            string by => fromRight ? SplitFromRight(text, by, limit) : [.. text.Split(by, limit + 1)],
            _ => throw new TemplateException("the separator must be a string"),
        };
        return new TemplateList([.. parts]);
    }

    private static List<string> SplitFromRight(string text, string separator, int limit)
    {
        string[] all = text.Split(separator);
        int kept = Math.Min(limit, all.Length - 1);
        return [string.Join(separator, all[..^kept]), .. all[^kept..]];
    }

    /// <summary>Parts between runs of white space; what is left once the limit is reached keeps its white space at the far end.</summary>
    private static List<string> SplitWhiteSpace(string text, int limit, bool fromRight)
    {
        List<string> parts = [];
        (int start, int end) = Trimmed(text, 0, text.Length, atStart: !fromRight, atEnd: fromRight);
        while (start < end && parts.Count != limit)
        {
            int edge = fromRight ? end : start;
            while (fromRight ? edge > start && !CodePoints.IsWhiteSpace(text[edge - 1]) : edge < end && !CodePoints.IsWhiteSpace(text[edge]))
            {
                edge += fromRight ? -1 : 1;
            }

            parts.Add(fromRight ? text[edge..end] : text[start..edge]);
            (start, end) = fromRight
                ? Trimmed(text, start, edge, atStart: false, atEnd: true)
                : Trimmed(text, edge, end, atStart: true, atEnd: false);
        }

        if (start < end)
        {
            parts.Add(text[start..end]);
        }

        if (fromRight)
        {
            parts.Reverse();
        }

        return parts;
    }

    private static (int Start, int End) Trimmed(string text, int start, int end, bool atStart, bool atEnd)
    {
        while (atStart && start < end && CodePoints.IsWhiteSpace(text[start]))
        {
            start++;
        }

        while (atEnd && end > start && CodePoints.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return (start, end);
    }

    private static TemplateList Partition(string text, string separator, bool last)
    {
        int at = last ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        object?[] parts = at >= 0 ? [text[..at], separator, text[(at + separator.Length)..]] : last ? ["", "", text] : [text, "", ""];
        return new TemplateList(parts, true);
    }

    private static object Affix(string text, Arguments arguments, Func<string, string, bool> matches)
    {
        (int start, int end) = Bounds(text, arguments);
        if (start > end)
        {
            return false;
        }

        string part = text[start..end];
        return arguments.Require(0, "affix") switch
        {
            string affix => matches(part, affix),
            TemplateList { IsTuple: true } several => several.Items.OfType<string>().Any(affix => matches(part, affix)),
            _ => throw new TemplateException("the beginning or end to look for must be a string or a tuple of strings"),
        };
    }

    private static object Find(string text, Arguments arguments, bool last)
    {
        string sought = arguments.RequireText(0, "sub");
        (int start, int end) = Bounds(text, arguments);
        if (start > end)
        {
            return BigInteger.MinusOne;
        }

        string part = text[start..end];
        int at = last ? part.LastIndexOf(sought, StringComparison.Ordinal) : part.IndexOf(sought, StringComparison.Ordinal);
        return (BigInteger)(at < 0 ? -1 : CodePoints.Count(text[..(start + at)]));
    }

    private static int CountIn(string text, Arguments arguments)
    {
        (int start, int end) = Bounds(text, arguments);
        return start > end ? 0 : Count(text[start..end], arguments.RequireText(0, "sub"));
    }

    /// <summary>Where the second and third argument begin and end a part of the text, in UTF-16 units; a start beyond the end means nothing.</summary>
    private static (int Start, int End) Bounds(string text, Arguments arguments)
    {
        if (arguments.Get(1, "start") is null && arguments.Get(2, "end") is null)
        {
            return (0, text.Length);
        }

        int count = CodePoints.Count(text);
        int start = Place(arguments.Get(1, "start") is null ? 0 : arguments.GetInt(1, "start", 0));
        int end = Math.Min(count, Place(arguments.Get(2, "end") is null ? count : arguments.GetInt(2, "end", count)));
        return start > count ? (text.Length + 1, text.Length) : (CodePoints.OffsetOf(text, start), CodePoints.OffsetOf(text, end));

        int Place(int given) => given < 0 ? Math.Max(0, given + count) : given;
    }

    private static int Count(string text, string sought)
    {
        if (sought.Length == 0)
        {
            return CodePoints.Count(text) + 1;
        }

        int count = 0;
        for (int at = text.IndexOf(sought, StringComparison.Ordinal); at >= 0; at = text.IndexOf(sought, at + sought.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    /// <summary>The asked width in UTF-16 units, checked before anything is made.</summary>
    private static int Width(string text, Arguments arguments, RenderBudget budget)
    {
        int width = arguments.GetInt(0, "width", 0);
        budget.ChargeText(width);
        return Math.Max(0, width + text.Length - CodePoints.Count(text));
    }

    private static char Fill(Arguments arguments) => arguments.GetText(1, "fillchar", " ") is [char fill] ? fill
        : throw new TemplateException("the fill character must be one character");

    private static string ExpandTabs(string text, int size, RenderBudget budget)
    {
        budget.ChargeText((long)text.Length * Math.Max(1, size));
        System.Text.StringBuilder result = new();
        int column = 0;
        foreach (char c in text)
        {
            int width = c != '\t' ? 1 : size <= 0 ? 0 : size - (column % size);
            result.Append(c == '\t' ? ' ' : c, c == '\t' ? width : 1);
            column = c is '\n' or '\r' ? 0 : column + width;
        }

        return result.ToString();
    }

    private static object All(string text, Func<char, bool> test) => text.Length > 0 && text.All(test);
}
