using System.Numerics;
using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Templates.Library;

/// <summary>Methods of dictionaries and lists that change nothing.</summary>
internal static class CollectionMethods
{
    public static TemplateFunction? Find(TemplateDictionary dictionary, string name, RenderBudget budget)
    {
        Func<Arguments, object?>? body = name switch
        {
            "get" => arguments =>
            {
                budget.ChargeReading(arguments.Require(0, "key"));
                return dictionary.TryGet(arguments.Require(0, "key"), out object? value) ? value : arguments.Get(1, "default");
            },
            "keys" => _ => new LazySequence(dictionary.Keys, "dict_keys", dictionary.Count),
            "values" => _ => new LazySequence(dictionary.Values, "dict_values", dictionary.Count),
            "items" => _ => Items(dictionary),
            "copy" => _ => dictionary,
            _ => null,
        };
        return body is null ? null : new TemplateFunction(name, body);
    }

    public static TemplateFunction? Find(TemplateList list, string name, RenderBudget budget)
    {
        Func<Arguments, object?>? body = name switch
        {
            "index" => arguments => IndexOf(list, arguments.Require(0, "value"), budget),
            "count" => arguments => (BigInteger)list.Items.Count(item => Operators.AreEqual(item, arguments.Require(0, "value"), budget)),
            "copy" when !list.IsTuple && list.RangeText is null => _ => list,
            _ => null,
        };
        return body is null ? null : new TemplateFunction(name, body);
    }

    /// <summary>The entries as tuples.</summary>
    public static LazySequence Items(TemplateDictionary dictionary) =>
        new(dictionary.Entries.Select(static entry => (object?)new TemplateList([entry.Key, entry.Value], true)), "dict_items", dictionary.Count);

    private static object IndexOf(TemplateList list, object? value, RenderBudget budget)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (Operators.AreEqual(list.Items[i], value, budget))
            {
                return (BigInteger)i;
            }
        }

        throw new TemplateException("the value is not in the list");
    }
}
