using System.Numerics;

namespace Ibke.Runtime.Templates.Values;

/// <summary>
/// What values are. A value is null (None), <see cref="bool"/>, <see cref="BigInteger"/>, <see cref="double"/>, <see cref="string"/>,
/// <see cref="SafeText"/>, <see cref="TemplateList"/>, <see cref="TemplateDictionary"/>, <see cref="LazySequence"/>, <see cref="TemplateFunction"/> or <see cref="Undefined"/>.
/// </summary>
internal static class ValueKinds
{
    /// <summary>Python's name of the type.</summary>
    public static string NameOf(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        BigInteger => "int",
        double => "float",
        string => "str",
        SafeText => "Markup",
        TemplateList list => list.RangeText is not null ? "range" : list.IsTuple ? "tuple" : "list",
        TemplateDictionary dictionary => dictionary.IsNamespace ? "Namespace" : "dict",
        LazySequence sequence => sequence.TypeName,
        Undefined => "Undefined",
        _ => "function",
    };

    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool truth => truth,
        BigInteger number => !number.IsZero,
        double number => number != 0,
        string text => text.Length > 0,
        SafeText safe => safe.Text.Length > 0,
        TemplateList list => list.Count > 0,
        TemplateDictionary dictionary => dictionary.IsNamespace || dictionary.Count > 0,
        LazySequence sequence => sequence.Count != 0,
        _ => true,
    };

    public static bool IsNumber(object? value) => value is bool or BigInteger or double;

    public static bool IsIterable(object? value) => value is string or SafeText or TemplateList or TemplateDictionary { IsNamespace: false } or LazySequence or Undefined;

    /// <summary>What a loop over the value goes through: items, keys or characters; nothing for an undefined value.</summary>
    /// <exception cref="TemplateException">The value cannot be looped over.</exception>
    public static IEnumerable<object?> Enumerate(object? value) => value switch
    {
        TemplateList list => list.Items,
        TemplateDictionary { IsNamespace: false } dictionary => dictionary.Keys,
        LazySequence sequence => sequence.Items,
        string text => CodePoints.Enumerate(text),
        SafeText safe => CodePoints.Enumerate(safe.Text),
        Undefined => [],
        _ => throw new TemplateException($"a {NameOf(value)} cannot be looped over"),
    };

    /// <exception cref="TemplateException">The value has no length.</exception>
    public static int LengthOf(object? value) => value switch
    {
        TemplateList list => list.Count,
        TemplateDictionary { IsNamespace: false } dictionary => dictionary.Count,
        string text => CodePoints.Count(text),
        SafeText safe => CodePoints.Count(safe.Text),
        LazySequence { Count: int count } => count,
        Undefined => 0,
        _ => throw new TemplateException($"a {NameOf(value)} has no length"),
    };
}
