using System.Numerics;
using System.Text.RegularExpressions;
using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Templates.Library;

/// <summary>Filters that make text.</summary>
internal static partial class TextFilters
{
    public static IReadOnlyDictionary<string, Filter> All { get; } = new Dictionary<string, Filter>
    {
        ["upper"] = static (value, _, budget) => UnicodeCase.Upper(PythonText.Of(value, budget)),
        ["lower"] = static (value, _, budget) => UnicodeCase.Lower(PythonText.Of(value, budget)),
        ["title"] = static (value, _, budget) => Title(PythonText.Of(value, budget)),
        ["capitalize"] = static (value, _, budget) => UnicodeCase.Capitalize(PythonText.Of(value, budget)),
        ["trim"] = static (value, arguments, budget) => StringMethods.Strip(PythonText.Of(value, budget), arguments.Get(0, "chars"), true, true),
        ["string"] = static (value, _, budget) => PythonText.Of(value, budget),
        ["replace"] = static (value, arguments, budget) => StringMethods.Replace(
            PythonText.Of(value, budget),
            PythonText.Of(arguments.Require(0, "old"), budget),
            PythonText.Of(arguments.Require(1, "new"), budget),
            arguments.Get(2, "count") is null ? -1 : arguments.GetInt(2, "count", -1),
            budget),
        ["format"] = static (value, arguments, budget) => Format(value, arguments, budget),
        ["indent"] = static (value, arguments, budget) => Indent(RequireText(value, "indent"), arguments, budget),
        ["center"] = static (value, arguments, budget) => Center(PythonText.Of(value, budget), arguments, budget),
        ["truncate"] = static (value, arguments, _) => Truncate(value, arguments),
        ["wordcount"] = static (value, _, budget) => (BigInteger)WordPattern().Count(PythonText.Of(value, budget)),
        ["escape"] = static (value, _, budget) => Escape(value, budget),
        ["e"] = static (value, _, budget) => Escape(value, budget),
        ["forceescape"] = static (value, _, budget) => new SafeText(SafeText.Escape(PythonText.Of(value, budget), budget)),
        ["safe"] = static (value, _, budget) => new SafeText(PythonText.Of(value, budget)),
        ["striptags"] = static (value, _, budget) => StripTags(PythonText.Of(value, budget)),
        ["urlencode"] = static (value, _, budget) => UrlEncode(value, budget),
        ["tojson"] = static (value, arguments, budget) => ToJson(value, arguments, budget),
    };

    /// <summary>JSON; the parameters are those of the reference: ensure_ascii, indent, separators, sort_keys.</summary>
    private static string ToJson(object? value, Arguments arguments, RenderBudget budget)
    {
        JsonLayout layout = new()
        {
            EnsureAscii = arguments.GetTruth(0, "ensure_ascii"),
            SortKeys = arguments.GetTruth(3, "sort_keys"),
            Indent = SafeText.Unmark(arguments.Get(1, "indent")) switch
            {
                null => null,
                string text => text,
                _ => new string(' ', Math.Clamp(arguments.GetInt(1, "indent", 0), 0, 64)),
            },
        };
        return arguments.Get(2, "separators") is TemplateList { Items: [string item, string key] }
            ? JsonText.Write(value, layout with { ItemSeparator = item, KeySeparator = key }, budget)
            : JsonText.Write(value, layout, budget);
    }

    /// <summary>Words begin after white space, hyphens and brackets.</summary>
    private static string Title(string text) => TitleWordPattern().Replace(text, static word =>
    {
        int first = CodePoints.LengthAt(word.Value, 0);
        return UnicodeCase.Upper(word.Value[..first]) + UnicodeCase.Lower(word.Value[first..]);
    });

    private static string Indent(string text, Arguments arguments, RenderBudget budget)
    {
        string margin = SafeText.Unmark(arguments.Get(0, "width")) is string given ? given : new string(' ', Math.Clamp(arguments.GetInt(0, "width", 4), 0, 1000));
        bool first = arguments.GetTruth(1, "first");
        bool blank = arguments.GetTruth(2, "blank");
        List<string> lines = StringMethods.SplitLines(text + '\n');
        budget.ChargeText(text.Length + ((long)lines.Count * margin.Length));
        for (int i = 0; i < lines.Count; i++)
        {
            lines[i] = (i == 0 ? first : blank || lines[i].Length > 0) ? margin + lines[i] : lines[i];
        }

        return string.Join('\n', lines);
    }

    private static object? Truncate(object? value, Arguments arguments)
    {
        int length = Math.Max(0, arguments.GetInt(0, "length", 255));
        string end = arguments.GetText(2, "end", "...");
        if (ValueKinds.LengthOf(value) <= (long)length + arguments.GetInt(3, "leeway", 5))
        {
            return value;
        }

        string text = RequireText(value, "truncate");
        string kept = text[..Math.Max(0, length - end.Length)];
        int word = arguments.GetTruth(1, "killwords") ? -1 : kept.LastIndexOf(' ');
        return (word < 0 ? kept : kept[..word]) + end;
    }

    private static string RequireText(object? value, string filter) => SafeText.Unmark(value) as string
        ?? throw (value is Undefined undefined ? undefined.Error() : new TemplateException($"'{filter}' needs a string, not a {ValueKinds.NameOf(value)}"));

    private static SafeText Escape(object? value, RenderBudget budget) =>
        value as SafeText ?? new SafeText(SafeText.Escape(PythonText.Of(value, budget), budget));

    private static object? Format(object? value, Arguments arguments, RenderBudget budget)
    {
        if (arguments.Named.Count == 0)
        {
            return Operators.Arithmetic("%", value is SafeText ? value : PythonText.Of(value, budget), new TemplateList(arguments.Positional, true), budget);
        }

        TemplateDictionary named = new();
        foreach ((string name, object? item) in arguments.Named)
        {
            named.Set(name, value is SafeText ? SafeText.Enter(item, budget) : item);
        }

        return arguments.Positional.Count == 0
            ? Operators.Arithmetic("%", PythonText.Of(value, budget), named, budget)
            : throw new TemplateException("'format' takes values by position or by name, not both");
    }

    private static string StripTags(string text) =>
        string.Join(' ', TagPattern().Replace(text, "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string UrlEncode(object? value, RenderBudget budget)
    {
        if (value is string or SafeText || !ValueKinds.IsIterable(value))
        {
            return Uri.EscapeDataString(PythonText.Of(value, budget)).Replace("%2F", "/", StringComparison.Ordinal);
        }

        IEnumerable<object?> pairs = value is TemplateDictionary dictionary ? CollectionMethods.Items(dictionary).Items : ValueKinds.Enumerate(value);
        return string.Join('&', pairs.Select(pair => SequenceFilters.Collect(pair, budget) is [var key, var item]
            ? $"{Quoted(key)}={Quoted(item)}"
            : throw new TemplateException("'urlencode' needs pairs")));

        string Quoted(object? part) => Uri.EscapeDataString(PythonText.Of(part, budget)).Replace("%20", "+", StringComparison.Ordinal);
    }

    private static string Center(string text, Arguments arguments, RenderBudget budget)
    {
        int width = arguments.GetInt(0, "width", 80);
        budget.ChargeText(width);
        return StringMethods.Center(text, width + text.Length - CodePoints.Count(text));
    }

    [GeneratedRegex(@"[^-\s({\[<]+")]
    private static partial Regex TitleWordPattern();

    [GeneratedRegex(@"\w+")]
    private static partial Regex WordPattern();

    [GeneratedRegex("<!--.*?-->|<[^>]*>", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex TagPattern();
}
