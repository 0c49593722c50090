using System.Numerics;

namespace Ibke.Runtime.Templates.Values;

/// <summary>Something that can be called: a method, a global function, a macro.</summary>
internal sealed class TemplateFunction(string name, Func<Arguments, object?> body)
{
    public string Name => name;

    /// <summary>As it prints.</summary>
    public string Printed { get; init; } = "<function>";

    /// <summary>Further attributes, as a macro's <c>name</c> and <c>arguments</c>.</summary>
    public IReadOnlyDictionary<string, object?> Attributes { get; init; } = new Dictionary<string, object?>();

    public object? Call(Arguments arguments) => body(arguments);
}

/// <summary>The values a function, filter or test is called with.</summary>
internal sealed class Arguments(IReadOnlyList<object?> positional, IReadOnlyDictionary<string, object?> named)
{
    public static Arguments None { get; } = new([], new Dictionary<string, object?>());

    public IReadOnlyList<object?> Positional => positional;

    public IReadOnlyDictionary<string, object?> Named => named;

    public int Count => positional.Count + named.Count;

    /// <summary>An argument by place or name, or <paramref name="fallback"/>.</summary>
    public object? Get(int place, string name, object? fallback = null) =>
        place < positional.Count ? positional[place] : named.TryGetValue(name, out object? value) ? value : fallback;

    public bool Has(int place, string name) => place < positional.Count || named.ContainsKey(name);

    /// <exception cref="TemplateException">The argument is missing.</exception>
    public object? Require(int place, string name) =>
        Has(place, name) ? Get(place, name) : throw new TemplateException($"the argument '{name}' is missing");

    /// <exception cref="TemplateException">The argument is missing or no string.</exception>
    public string RequireText(int place, string name) =>
        SafeText.Unmark(Require(place, name)) as string ?? throw new TemplateException($"the argument '{name}' must be a string");

    public string GetText(int place, string name, string fallback) =>
        SafeText.Unmark(Get(place, name, fallback)) as string ?? throw new TemplateException($"the argument '{name}' must be a string");

    public bool GetTruth(int place, string name, bool fallback = false) => ValueKinds.IsTrue(Get(place, name, fallback));

    /// <summary>A whole number that fits an int.</summary>
    /// <exception cref="TemplateException">The argument is no such number.</exception>
    public int GetInt(int place, string name, int fallback) => Get(place, name, (BigInteger)fallback) switch
    {
        bool truth => truth ? 1 : 0,
        BigInteger number when BigInteger.Abs(number) <= int.MaxValue => (int)number,
        _ => throw new TemplateException($"the argument '{name}' must be a whole number"),
    };

    /// <summary>The arguments, each replaced.</summary>
    public Arguments Select(Func<object?, object?> replace) =>
        new([.. positional.Select(replace)], named.ToDictionary(pair => pair.Key, pair => replace(pair.Value)));

    /// <summary>The arguments, one of them replaced where it is given.</summary>
    public Arguments SelectAt(int place, string name, Func<object?, object?> replace) => new(
        [.. positional.Select((value, i) => i == place ? replace(value) : value)],
        named.ToDictionary(pair => pair.Key, pair => pair.Key == name ? replace(pair.Value) : pair.Value));

    /// <summary>The arguments without the first <paramref name="count"/> by place.</summary>
    public Arguments Skip(int count) => new([.. positional.Skip(count)], named);
}
