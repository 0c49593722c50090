using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ibke.Runtime.Templates.Values;

/// <summary>The form of JSON text that <c>tojson</c> writes.</summary>
internal sealed record JsonLayout
{
    public static JsonLayout Default { get; } = new();

    /// <summary>What one level is indented by, or null for one line.</summary>
    public string? Indent { get; init; }

    public string ItemSeparator { get; init; } = ", ";

    public string KeySeparator { get; init; } = ": ";

    public bool EnsureAscii { get; init; }

    public bool SortKeys { get; init; }
}

/// <summary>JSON read into template values and written as Python's <c>json.dumps</c> writes it.</summary>
internal static class JsonText
{
    /// <summary>The template value of a JSON value; numbers keep whether they are whole.</summary>
    public static object? Read(JsonNode? node, RenderBudget budget)
    {
        budget.Enter();
        budget.Charge(1);
        object? value = node switch
        {
            null => null,
            JsonArray array => new TemplateList([.. array.Select(item => Read(item, budget))]),
            JsonObject entries => ReadObject(entries, budget),
            _ => ReadScalar(node),
        };
        budget.Leave();
        return value;
    }

    /// <summary>JSON as Python writes it, which is how models see it in training: <c>{"a": 1, "b": [2, 3]}</c>.</summary>
    public static string Format(JsonNode? node)
    {
        RenderBudget budget = new(CancellationToken.None);
        return Write(Read(node, budget), JsonLayout.Default, budget);
    }

    /// <exception cref="TemplateException">The value or something in it has no JSON form.</exception>
    public static string Write(object? value, JsonLayout layout, RenderBudget budget)
    {
        StringBuilder text = new();
        Write(value, layout, 0, text, budget);
        return text.ToString();
    }

    private static TemplateDictionary ReadObject(JsonObject entries, RenderBudget budget)
    {
        TemplateDictionary dictionary = new();
        foreach ((string key, JsonNode? value) in entries)
        {
            dictionary.Set(key, Read(value, budget));
        }

        return dictionary;
    }

    private static object? ReadScalar(JsonNode node)
    {
        switch (node.GetValueKind())
        {
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            case JsonValueKind.String:
                return node.GetValue<string>();
            case JsonValueKind.Null:
                return null;
        }

        if (node.AsValue().TryGetValue(out JsonElement element))
        {
            return ReadNumber(element.GetRawText());
        }

        return node.GetValue<object>() is double or float or decimal
            ? double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture)
            : ReadNumber(node.ToJsonString());
    }

    private static object ReadNumber(string text) => text.AsSpan().IndexOfAny(".eE") < 0
        ? BigInteger.Parse(text, CultureInfo.InvariantCulture)
        : double.Parse(text, CultureInfo.InvariantCulture);

    private static void Write(object? value, JsonLayout layout, int level, StringBuilder text, RenderBudget budget)
    {
        budget.Enter();
        budget.Charge(1);
        switch (SafeText.Unmark(value))
        {
            case null:
                text.Append("null");
                break;
            case bool truth:
                text.Append(truth ? "true" : "false");
                break;
            case BigInteger number:
                budget.ChargeNumber(number.GetBitLength());
                text.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                text.Append(FormatDouble(number));
                break;
            case string plain:
                WriteQuoted(plain, layout.EnsureAscii, text);
                break;
            case TemplateList { RangeText: null } list:
                WriteItems('[', ']', [.. list.Items.Select(item => ((string?)null, item))], layout, level, text, budget);
                break;
            case TemplateDictionary { IsNamespace: false } dictionary:
                WriteItems('{', '}', Entries(dictionary, layout), layout, level, text, budget);
                break;
            default:
                throw new TemplateException($"a {ValueKinds.NameOf(value)} has no JSON form");
        }

        budget.CheckLength(text.Length);
        budget.Leave();
    }

    private static List<(string?, object?)> Entries(TemplateDictionary dictionary, JsonLayout layout)
    {
        IEnumerable<(string? Key, object? Value)> entries = dictionary.Entries.Select(entry => (KeyText(entry.Key), entry.Value));
        return [.. layout.SortKeys ? entries.OrderBy(entry => entry.Key, StringComparer.Ordinal) : entries];
    }

    private static string? KeyText(object? key) => SafeText.Unmark(key) switch
    {
        string text => text,
        null => "null",
        bool truth => truth ? "true" : "false",
        double number => FormatDouble(number),
        _ => ((BigInteger)key!).ToString(CultureInfo.InvariantCulture),
    };

    private static void WriteItems(
        char open, char close, List<(string? Key, object? Value)> items, JsonLayout layout, int level, StringBuilder text, RenderBudget budget)
    {
        text.Append(open);
        string separator = layout.Indent is null ? layout.ItemSeparator : layout.ItemSeparator.TrimEnd();
        for (int i = 0; i < items.Count; i++)
        {
            text.Append(i > 0 ? separator : "");
            BreakLine(layout, level + 1, text);
            if (items[i].Key is { } key)
            {
                WriteQuoted(key, layout.EnsureAscii, text);
                text.Append(layout.KeySeparator);
            }

            Write(items[i].Value, layout, level + 1, text, budget);
        }

        if (items.Count > 0)
        {
            BreakLine(layout, level, text);
        }

        text.Append(close);
    }

    private static void BreakLine(JsonLayout layout, int level, StringBuilder text)
    {
        if (layout.Indent is null)
        {
            return;
        }

        text.Append('\n');
        for (int i = 0; i < level; i++)
        {
            text.Append(layout.Indent);
        }
    }

    private static string FormatDouble(double number) =>
        double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? number > 0 ? "Infinity" : "-Infinity" : Numbers.Format(number);

    private static void WriteQuoted(string plain, bool ensureAscii, StringBuilder text)
    {
        text.Append('"');
        foreach (char c in plain)
        {
            int known = "\"\\\n\r\t\b\f".IndexOf(c, StringComparison.Ordinal);
            if (known >= 0)
            {
                text.Append('\\').Append("\"\\nrtbf"[known]);
            }
            else if (c < 0x20 || (ensureAscii && c > 0x7e))
            {
                text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                text.Append(c);
            }
        }

        text.Append('"');
    }
}
