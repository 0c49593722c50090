using System.Numerics;
using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Templates.Library;

/// <summary>Functions every template can call.</summary>
internal static class GlobalFunctions
{
    private const int MaximumRange = 100_000;

    /// <summary>The functions by name, for one rendering.</summary>
    /// <param name="now">What <c>strftime_now</c> prints.</param>
    /// <param name="budget">What the rendering may use.</param>
    public static Dictionary<string, object?> Create(DateTimeOffset now, RenderBudget budget)
    {
        TemplateFunction[] functions =
        [
            new("range", arguments => Range(arguments, budget)),
            new("dict", arguments => Dictionary(arguments, false, budget)),
            new("namespace", arguments => Dictionary(arguments, true, budget)),
            new("raise_exception", arguments => throw TemplateException.Raised(PythonText.Of(arguments.Require(0, "message"), budget))),
            new("strftime_now", arguments => FormatDate(now, arguments.RequireText(0, "format"), budget)),
            new("cycler", Cycler),
            new("joiner", Joiner),
            new("lipsum", static _ => throw new TemplateException("'lipsum' makes random text, which is not supported")),
            new("self", static _ => throw new TemplateException("'self' cannot be called")),
        ];
        return functions.ToDictionary(static function => function.Name, static function => (object?)function);
    }

    private static string FormatDate(DateTimeOffset now, string format, RenderBudget budget)
    {
        budget.ChargeText(16L * format.Length);
        return DateFormat.Format(now, format);
    }

    private static TemplateList Range(Arguments arguments, RenderBudget budget)
    {
        BigInteger[] numbers = [.. arguments.Positional.Select(static value => Numbers.Normalize(value) is BigInteger number
            ? number
            : throw new TemplateException("range needs whole numbers"))];
        (BigInteger start, BigInteger end, BigInteger step) = numbers switch
        {
            [var to] => (0, to, 1),
            [var from, var to] => (from, to, 1),
            [var from, var to, var by] when !by.IsZero => (from, to, by),
            _ => throw new TemplateException("range needs one to three whole numbers, the step not zero"),
        };
        BigInteger count = BigInteger.Max(0, ((end - start) + step - step.Sign) / step);
        if (count > MaximumRange)
        {
            throw new TemplateException($"range is limited to {MaximumRange} numbers");
        }

        budget.Charge((long)count);
        return new TemplateList([.. Enumerable.Range(0, (int)count).Select(i => (object?)(start + (i * step)))])
        {
            RangeText = step.IsOne ? $"range({start}, {end})" : $"range({start}, {end}, {step})",
        };
    }

    private static TemplateDictionary Dictionary(Arguments arguments, bool isNamespace, RenderBudget budget)
    {
        TemplateDictionary dictionary = new(isNamespace);
        if (arguments.Positional is [var source, ..])
        {
            IEnumerable<KeyValuePair<object?, object?>> entries = source is TemplateDictionary given
                ? given.Entries
                : ValueKinds.Enumerate(source).Select(static pair => pair is TemplateList { Items: [var key, var value] }
                    ? KeyValuePair.Create(key, value)
                    : throw new TemplateException("dict needs pairs"));
            foreach ((object? key, object? value) in entries)
            {
                budget.Charge(1);
                budget.ChargeReading(key);
                dictionary.Set(key, value);
            }
        }

        foreach ((string key, object? value) in arguments.Named)
        {
            dictionary.Set(key, value);
        }

        return dictionary;
    }

    private static object? Cycler(Arguments arguments)
    {
        if (arguments.Positional.Count == 0)
        {
            throw new TemplateException("cycler needs at least one value");
        }

        int at = 0;
        TemplateDictionary cycler = new();
        cycler.Set("next", new TemplateFunction("next", _ => arguments.Positional[at++ % arguments.Positional.Count]));
        cycler.Set("reset", new TemplateFunction("reset", _ =>
        {
            at = 0;
            return null;
        }));
        return cycler;
    }

    private static object? Joiner(Arguments arguments)
    {
        bool used = false;
        return new TemplateFunction("joiner", _ =>
        {
            object? text = used ? arguments.Get(0, "sep", ", ") : "";
            used = true;
            return text;
        });
    }
}
