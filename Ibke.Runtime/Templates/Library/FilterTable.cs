using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Templates.Library;

/// <summary>A filter: the value before <c>|</c>, the arguments in parentheses.</summary>
internal delegate object? Filter(object? value, Arguments arguments, RenderBudget budget);

/// <summary>All filters by name.</summary>
internal static class FilterTable
{
    private static readonly Dictionary<string, Filter> _filters = new[] { TextFilters.All, NumberFilters.All, SequenceFilters.All, SelectionFilters.All }
        .SelectMany(static group => group).ToDictionary();

    /// <summary>Filters that give a marked text for a marked text.</summary>
    private static readonly HashSet<string> _keepTheMark =
        ["upper", "lower", "capitalize", "trim", "string", "center", "indent", "truncate", "reverse", "format"];

    public static bool Contains(string name) => _filters.ContainsKey(name);

    /// <exception cref="TemplateException">No filter has this name, or the filter fails.</exception>
    public static object? Apply(string name, object? value, Arguments arguments, RenderBudget budget)
    {
        budget.Charge(1);
        budget.ChargeReading(value);
        object? result = _filters.TryGetValue(name, out Filter? filter)
            ? filter(value, arguments, budget)
            : throw new TemplateException($"there is no filter named '{name}'");
        return value is SafeText && result is string made && _keepTheMark.Contains(name) ? new SafeText(made) : result;
    }
}
