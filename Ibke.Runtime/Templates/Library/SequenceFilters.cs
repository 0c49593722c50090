using System.Numerics;
using System.Runtime.ExceptionServices;
using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Templates.Library;

/// <summary>Filters over lists as a whole: length, order, grouping, sums.</summary>
internal static class SequenceFilters
{
    public static IReadOnlyDictionary<string, Filter> All { get; } = new Dictionary<string, Filter>
    {
        ["length"] = static (value, _, _) => (BigInteger)ValueKinds.LengthOf(value),
        ["count"] = static (value, _, _) => (BigInteger)ValueKinds.LengthOf(value),
        ["list"] = static (value, _, budget) => new TemplateList(Collect(value, budget)),
        ["first"] = static (value, _, _) => ValueKinds.Enumerate(value).FirstOrDefault(new Undefined("the sequence is empty")),
        ["last"] = static (value, _, budget) => Collect(value, budget) is [.., var last] ? last : new Undefined("the sequence is empty"),
        ["random"] = static (value, _, budget) => Collect(value, budget) is { Count: > 0 } items
            ? items[Random.Shared.Next(items.Count)] : new Undefined("the sequence is empty"),
        ["join"] = static (value, arguments, budget) => Join(value, arguments, budget),
        ["sort"] = static (value, arguments, budget) => new TemplateList(Sort(Collect(value, budget), arguments, budget)),
        ["reverse"] = static (value, _, budget) => Reverse(value, budget),
        ["unique"] = static (value, arguments, budget) => new LazySequence(Unique(value, arguments, budget), value),
        ["min"] = static (value, arguments, budget) => Extreme(value, arguments, budget, -1),
        ["max"] = static (value, arguments, budget) => Extreme(value, arguments, budget, 1),
        ["sum"] = static (value, arguments, budget) => Attributed(Collect(value, budget), arguments.Get(0, "attribute"), budget)
            .Aggregate(arguments.Get(1, "start", BigInteger.Zero), (sum, item) => Operators.Arithmetic("+", sum, item, budget)),
        ["batch"] = static (value, arguments, budget) => new LazySequence(Batch(Collect(value, budget), arguments, budget), "generator"),
        ["slice"] = static (value, arguments, budget) => new LazySequence(Slices(Collect(value, budget), arguments, budget), "generator"),
        ["items"] = static (value, _, _) => value switch
        {
            Undefined => new TemplateList([]),
            TemplateDictionary { IsNamespace: false } dictionary => CollectionMethods.Items(dictionary),
            _ => throw new TemplateException($"a {ValueKinds.NameOf(value)} has no items"),
        },
        ["dictsort"] = static (value, arguments, budget) => SortEntries(value, arguments, budget),
        ["groupby"] = static (value, arguments, budget) => GroupBy(Collect(value, budget), arguments, budget),
    };

    /// <summary>The items of a value; counted against the budget.</summary>
    public static List<object?> Collect(object? value, RenderBudget budget)
    {
        List<object?> items = [];
        foreach (object? item in ValueKinds.Enumerate(value))
        {
            budget.Charge(1);
            items.Add(item);
        }

        return items;
    }

    /// <summary>An attribute of an item by a path as <c>a.b</c> or a number.</summary>
    public static object? ByPath(object? item, object? path, RenderBudget budget)
    {
        if (SafeText.Unmark(path) is not string text)
        {
            return Members.Item(item, path, budget);
        }

        foreach (string part in text.Split('.'))
        {
            item = part.Length > 0 && part.All(char.IsAsciiDigit)
                ? Members.Item(item, BigInteger.Parse(part, System.Globalization.CultureInfo.InvariantCulture), budget)
                : Members.Item(item, part, budget);
        }

        return item;
    }

    private static IEnumerable<object?> Attributed(IEnumerable<object?> items, object? path, RenderBudget budget) =>
        path is null ? items : items.Select(item => ByPath(item, path, budget));

    private static string Join(object? value, Arguments arguments, RenderBudget budget) => StringMethods.Join(
        PythonText.Of(arguments.Get(0, "d", ""), budget), Attributed(ValueKinds.Enumerate(value), arguments.Get(1, "attribute"), budget), budget);

    private static object? Reverse(object? value, RenderBudget budget)
    {
        List<object?> items = Collect(value, budget);
        items.Reverse();
        return value is string or SafeText ? string.Concat(items) : new LazySequence(items, "list_reverseiterator");
    }

    /// <summary>What items are ordered and told apart by: their text without case, unless asked otherwise.</summary>
    private static object? SortKey(object? item, object? path, bool caseSensitive, RenderBudget budget)
    {
        object? key = path is null ? item : ByPath(item, path, budget);
        budget.ChargeReading(key);
        return SafeText.Unmark(key) is string text && !caseSensitive ? UnicodeCase.Lower(text) : key;
    }

    private static List<object?> Sort(List<object?> items, Arguments arguments, RenderBudget budget)
    {
        bool caseSensitive = arguments.GetTruth(1, "case_sensitive");
        object? attribute = SafeText.Unmark(arguments.Get(2, "attribute"));

        // Keys by attribute are lists, even of one: so two that are both undefined are equal, not an error.
        object?[] paths = attribute is string text ? text.Split(',') : [attribute];
        Func<object?, object?> key = attribute is null
            ? item => SortKey(item, null, caseSensitive, budget)
            : item => new TemplateList([.. paths.Select(path => SortKey(item, path, caseSensitive, budget))]);
        return Sort(items, key, arguments.GetTruth(0, "reverse"), budget);
    }

    private static List<object?> Sort(List<object?> items, Func<object?, object?> key, bool reverse, RenderBudget budget)
    {
        Comparer<object?> order = Comparer<object?>.Create((left, right) => Operators.Order(left, right, budget));
        try
        {
            return [.. reverse ? items.OrderByDescending(key, order) : items.OrderBy(key, order)];
        }
        catch (InvalidOperationException e) when (e.InnerException is TemplateException or OperationCanceledException)
        {
            // What a comparison throws comes wrapped.
            ExceptionDispatchInfo.Throw(e.InnerException);
            throw;
        }
    }

    private static IEnumerable<object?> Unique(object? value, Arguments arguments, RenderBudget budget)
    {
        TemplateDictionary seen = new();
        foreach (object? item in ValueKinds.Enumerate(value))
        {
            object? key = SortKey(item, arguments.Get(1, "attribute"), arguments.GetTruth(0, "case_sensitive"), budget);
            if (!seen.TryGet(key, out _))
            {
                seen.Set(key, null);
                yield return item;
            }
        }
    }

    private static object? Extreme(object? value, Arguments arguments, RenderBudget budget, int sign)
    {
        object? best = new Undefined("the sequence is empty");
        object? bestKey = null;
        foreach (object? item in Collect(value, budget))
        {
            object? key = SortKey(item, arguments.Get(1, "attribute"), arguments.GetTruth(0, "case_sensitive"), budget);
            if (best is Undefined || Operators.Order(key, bestKey, budget) * sign > 0)
            {
                (best, bestKey) = (item, key);
            }
        }

        return best;
    }

    private static IEnumerable<object?> Batch(List<object?> items, Arguments arguments, RenderBudget budget)
    {
        int size = Math.Clamp(arguments.GetInt(0, "linecount", 1), 1, 100_000);
        foreach (object?[] chunk in items.Chunk(size))
        {
            budget.Charge(size);
            IEnumerable<object?> filled = arguments.Get(1, "fill_with") is { } fill ? chunk.Concat(Enumerable.Repeat<object?>(fill, size - chunk.Length)) : chunk;
            yield return new TemplateList([.. filled]);
        }
    }

    private static IEnumerable<object?> Slices(List<object?> items, Arguments arguments, RenderBudget budget)
    {
        int count = Math.Clamp(arguments.GetInt(0, "slices", 1), 1, 100_000);
        int size = items.Count / count;
        int larger = items.Count % count;
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            int length = size + (i < larger ? 1 : 0);
            budget.Charge(1 + length);
            List<object?> part = items.GetRange(at, length);
            at += length;
            if (arguments.Get(1, "fill_with") is { } fill && larger > 0 && i >= larger)
            {
                part.Add(fill);
            }

            yield return new TemplateList(part);
        }
    }

    private static TemplateList SortEntries(object? value, Arguments arguments, RenderBudget budget)
    {
        TemplateDictionary dictionary = value as TemplateDictionary ?? throw new TemplateException("dictsort needs a dictionary");
        int place = arguments.GetText(1, "by", "key") switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw new TemplateException("dictsort sorts by 'key' or 'value'"),
        };
        Arguments sorting = new([], new Dictionary<string, object?>
        {
            ["case_sensitive"] = arguments.GetTruth(0, "case_sensitive"),
            ["reverse"] = arguments.GetTruth(2, "reverse"),
            ["attribute"] = (BigInteger)place,
        });
        return new TemplateList(Sort(Collect(CollectionMethods.Items(dictionary), budget), sorting, budget));
    }

    private static TemplateList GroupBy(List<object?> items, Arguments arguments, RenderBudget budget)
    {
        object? path = arguments.Require(0, "attribute");
        bool caseSensitive = arguments.GetTruth(2, "case_sensitive");
        List<(object? Key, List<object?> Items)> groups = [];
        object? last = new Undefined("no group");
        foreach (object? item in Sort(items, item => SortKey(item, path, caseSensitive, budget), reverse: false, budget))
        {
            object? key = SortKey(item, path, caseSensitive, budget);
            if (groups.Count == 0 || !Operators.AreEqual(key, last, budget))
            {
                groups.Add((ByPath(item, path, budget), []));
                last = key;
            }

            groups[^1].Items.Add(item);
        }

        return new TemplateList([.. groups.Select(static group => new TemplateList([group.Key, new TemplateList(group.Items)], true))]);
    }
}
