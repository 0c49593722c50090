using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Templates.Library;

/// <summary>Filters that pick items or replace them: <c>map</c>, <c>select</c> and their kin, <c>default</c>, <c>attr</c>.</summary>
internal static class SelectionFilters
{
    public static IReadOnlyDictionary<string, Filter> All { get; } = new Dictionary<string, Filter>
    {
        ["default"] = Default,
        ["d"] = Default,
        ["attr"] = static (value, arguments, budget) => value is TemplateDictionary or TemplateList
            ? new Undefined("the value has no such attribute")
            : Members.Attribute(value, arguments.RequireText(0, "name"), budget),
        ["map"] = static (value, arguments, budget) => new LazySequence(Map(value, arguments, budget), value),
        ["select"] = static (value, arguments, budget) => Select(value, arguments, budget, true, false),
        ["reject"] = static (value, arguments, budget) => Select(value, arguments, budget, false, false),
        ["selectattr"] = static (value, arguments, budget) => Select(value, arguments, budget, true, true),
        ["rejectattr"] = static (value, arguments, budget) => Select(value, arguments, budget, false, true),
    };

    private static object? Default(object? value, Arguments arguments, RenderBudget budget) =>
        value is Undefined || (arguments.GetTruth(1, "boolean") && !ValueKinds.IsTrue(value)) ? arguments.Get(0, "default_value", "") : value;

    private static IEnumerable<object?> Map(object? value, Arguments arguments, RenderBudget budget)
    {
        bool byAttribute = arguments.Positional.Count == 0 && arguments.Named.ContainsKey("attribute");
        string filter = byAttribute ? "" : arguments.RequireText(0, "filter");
        foreach (object? item in Items(value))
        {
            budget.Charge(1);
            if (byAttribute)
            {
                object? found = SequenceFilters.ByPath(item, arguments.Named["attribute"], budget);
                yield return found is Undefined && arguments.Named.TryGetValue("default", out object? fallback) ? fallback : found;
            }
            else
            {
                yield return FilterTable.Apply(filter, item, arguments.Skip(1), budget);
            }
        }
    }

    private static LazySequence Select(object? value, Arguments arguments, RenderBudget budget, bool keep, bool byAttribute)
    {
        object? path = byAttribute ? arguments.Require(0, "attribute") : null;
        Arguments test = byAttribute ? arguments.Skip(1) : arguments;
        return new LazySequence(Items(value).Where(Keeps), value);

        bool Keeps(object? item)
        {
            object? tested = byAttribute ? SequenceFilters.ByPath(item, path, budget) : item;
            bool passes = test.Positional.Count == 0
                ? ValueKinds.IsTrue(tested)
                : TestTable.Apply(test.RequireText(0, "test"), tested, test.Skip(1), budget);
            return passes == keep;
        }
    }

    /// <summary>These filters take whatever is false, None too, for an empty list.</summary>
    private static IEnumerable<object?> Items(object? value) => ValueKinds.IsTrue(value) ? ValueKinds.Enumerate(value) : [];
}
