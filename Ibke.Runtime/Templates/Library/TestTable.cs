using System.Numerics;
using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Templates.Library;

/// <summary>A test: <c>value is name(arguments)</c>.</summary>
internal delegate bool Test(object? value, Arguments arguments, RenderBudget budget);

/// <summary>All tests by name.</summary>
internal static class TestTable
{
    private static readonly Dictionary<string, Test> _tests = new()
    {
        ["defined"] = static (value, _, _) => value is not Undefined,
        ["undefined"] = static (value, _, _) => value is Undefined,
        ["none"] = static (value, _, _) => value is null,
        ["string"] = static (value, _, _) => value is string or SafeText,
        ["number"] = static (value, _, _) => ValueKinds.IsNumber(value),
        ["integer"] = static (value, _, _) => value is BigInteger,
        ["float"] = static (value, _, _) => value is double,
        ["boolean"] = static (value, _, _) => value is bool,
        ["true"] = static (value, _, _) => value is true,
        ["false"] = static (value, _, _) => value is false,
        ["mapping"] = static (value, _, _) => value is TemplateDictionary { IsNamespace: false },
        ["sequence"] = static (value, _, _) => value is string or SafeText or TemplateList or TemplateDictionary { IsNamespace: false } or Undefined,
        ["iterable"] = static (value, _, _) => ValueKinds.IsIterable(value),
        ["callable"] = static (value, _, _) => value is TemplateFunction,
        ["escaped"] = static (value, _, _) => value is SafeText,
        ["upper"] = static (value, _, budget) => IsCase(PythonText.Of(value, budget), char.IsUpper, char.IsLower),
        ["lower"] = static (value, _, budget) => IsCase(PythonText.Of(value, budget), char.IsLower, char.IsUpper),
        ["odd"] = static (value, _, budget) => IsRemainder(value, 2, 1, budget),
        ["even"] = static (value, _, budget) => IsRemainder(value, 2, 0, budget),
        ["divisibleby"] = static (value, arguments, budget) => IsRemainder(value, arguments.Require(0, "num"), 0, budget),
        ["sameas"] = static (value, arguments, _) => Equals(value, arguments.Require(0, "other")),
        ["in"] = static (value, arguments, budget) => Operators.Contains(arguments.Require(0, "seq"), value, budget),
        ["filter"] = static (value, _, _) => SafeText.Unmark(value) is string name && FilterTable.Contains(name),
        ["test"] = static (value, _, _) => SafeText.Unmark(value) is string name && Contains(name),
    };

    static TestTable()
    {
        (string Operator, string[] Names)[] comparisons =
        [
            ("==", ["==", "eq", "equalto"]), ("!=", ["!=", "ne"]), ("<", ["<", "lt", "lessthan"]), ("<=", ["<=", "le"]),
            (">", [">", "gt", "greaterthan"]), (">=", [">=", "ge"]),
        ];
        foreach ((string op, string[] names) in comparisons)
        {
            foreach (string name in names)
            {
                _tests[name] = (value, arguments, budget) => Operators.Compare(op, value, arguments.Require(0, "other"), budget);
            }
        }
    }

    public static bool Contains(string name) => _tests.ContainsKey(name);

    /// <exception cref="TemplateException">No test has this name, or the test fails to work on the value.</exception>
    public static bool Apply(string name, object? value, Arguments arguments, RenderBudget budget)
    {
        budget.Charge(1);
        budget.ChargeReading(value);
        return _tests.TryGetValue(name, out Test? test)
            ? test(value, arguments, budget)
            : throw new TemplateException($"there is no test named '{name}'");
    }

    private static bool IsCase(string text, Func<char, bool> wanted, Func<char, bool> other) => text.Any(wanted) && !text.Any(other);

    private static bool IsRemainder(object? value, object? divisor, int remainder, RenderBudget budget)
    {
        object divisorNumber = divisor is int number ? (BigInteger)number : Numbers.Normalize(divisor);
        return Operators.AreEqual(Operators.Arithmetic("%", value, divisorNumber, budget), (BigInteger)remainder, budget);
    }
}
