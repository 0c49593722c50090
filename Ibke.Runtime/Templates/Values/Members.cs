using System.Globalization;
using System.Numerics;
using Ibke.Runtime.Templates.Library;

namespace Ibke.Runtime.Templates.Values;

/// <summary>Access to parts of a value. <c>a.b</c> looks for a method first, then a key; <c>a['b']</c> the other way round.</summary>
internal static class Members
{
    private static readonly HashSet<string> _changing =
        ["append", "clear", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault", "sort", "update"];

    public static object? Attribute(object? target, string name, RenderBudget budget)
    {
        Operators.RequireDefined(target);
        if (name.StartsWith("__", StringComparison.Ordinal))
        {
            return new Undefined($"access to '{name}' is not allowed");
        }

        return Method(target, name, budget) ?? (TryKey(target, name, out object? value) ? value : Missing(target, name));
    }

    public static object? Item(object? target, object? index, RenderBudget budget)
    {
        Operators.RequireDefined(target);
        budget.ChargeReading(index);
        if (TryKey(target, index, out object? value))
        {
            return value;
        }

        if (target is TemplateList or string or SafeText && index is BigInteger or bool)
        {
            return Element(target, (BigInteger)Numbers.Normalize(index), budget);
        }

        return SafeText.Unmark(index) is string name ? Method(target, name, budget) ?? Missing(target, name) : Missing(target, PythonText.Of(index, budget));
    }

    /// <summary><c>target[from:to:step]</c> of a list, tuple or string.</summary>
    public static object? Slice(object? target, object? from, object? to, object? step, RenderBudget budget)
    {
        Operators.RequireDefined(target);
        if (target is SafeText safe)
        {
            return new SafeText((string)Slice(safe.Text, from, to, step, budget)!);
        }

        IReadOnlyList<object?> items = target switch
        {
            TemplateList list => list.Items,
            string text => CodePoints.Split(text),
            _ => throw new TemplateException($"a {ValueKinds.NameOf(target)} cannot be sliced"),
        };
        budget.Charge(items.Count);
        int stride = Bound(step, 1, items.Count + 1);
        if (stride == 0)
        {
            throw new TemplateException("the step of a slice must not be zero");
        }

        int first = stride > 0 ? Clamp(from, 0, 0, items.Count) : Clamp(from, items.Count - 1, -1, items.Count - 1);
        int last = stride > 0 ? Clamp(to, items.Count, 0, items.Count) : Clamp(to, -1, -1, items.Count - 1);
        List<object?> picked = [];
        for (int i = first; stride > 0 ? i < last : i > last; i += stride)
        {
            picked.Add(items[i]);
        }

        return target is TemplateList source ? new TemplateList(picked, source.IsTuple) : string.Concat(picked);

        int Clamp(object? bound, int missing, int low, int high)
        {
            if (bound is null or Undefined)
            {
                return missing;
            }

            int value = Bound(bound, 0, items.Count + 1);
            return Math.Clamp(value < 0 ? value + items.Count : value, low, high);
        }
    }

    private static int Bound(object? value, int missing, int limit)
    {
        if (value is null or Undefined)
        {
            return missing;
        }

        return Numbers.Normalize(value) is BigInteger number
            ? (int)BigInteger.Max(-limit, BigInteger.Min(limit, number))
            : throw new TemplateException("the bounds of a slice must be whole numbers");
    }

    private static bool TryKey(object? target, object? key, out object? value)
    {
        value = null;
        return target is TemplateDictionary dictionary && key is not (TemplateList or TemplateDictionary) && dictionary.TryGet(key, out value);
    }

    private static object? Element(object? target, BigInteger index, RenderBudget budget)
    {
        if (target is SafeText safe)
        {
            return Element(safe.Text, index, budget) is string character ? new SafeText(character) : Missing(target, index.ToString(CultureInfo.InvariantCulture));
        }

        budget.ChargeReading(target);
        int count = ValueKinds.LengthOf(target);
        BigInteger place = index < 0 ? index + count : index;
        return place >= 0 && place < count ? target is TemplateList list ? list.Items[(int)place] : CodePoints.At((string)target!, (int)place) : new Undefined($"the {ValueKinds.NameOf(target)} has no element {index}");
    }

    private static object? Method(object? target, string name, RenderBudget budget)
    {
        switch (target)
        {
            case string text:
                return StringMethods.Find(text, name, budget);
            case SafeText safe:
                return SafeTextMethods.Find(safe, name, budget);
            case TemplateFunction function:
                return function.Attributes.GetValueOrDefault(name);
            case TemplateDictionary { IsNamespace: false } or TemplateList when _changing.Contains(name):
                return new Undefined($"'{name}' would change a {ValueKinds.NameOf(target)}, which templates may not");
            case TemplateDictionary { IsNamespace: false } dictionary:
                return CollectionMethods.Find(dictionary, name, budget);
            case TemplateList list:
                return CollectionMethods.Find(list, name, budget);
            default:
                return null;
        }
    }

    private static Undefined Missing(object? target, string name) => new($"a {ValueKinds.NameOf(target)} has no '{name}'");
}
