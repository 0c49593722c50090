using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Ibke.Runtime.Templates.Values;

/// <summary>
/// A dictionary of the template language: keys in the order of insertion; 1, 1.0 and True are one key. Also a <c>namespace</c>, whose
/// attributes can be set.
/// </summary>
internal sealed class TemplateDictionary(bool isNamespace = false)
{
    private static readonly object _none = new();
    private readonly Dictionary<object, int> _places = [];
    private readonly List<object?> _keys = [];
    private readonly List<object?> _values = [];

    public bool IsNamespace => isNamespace;

    public int Count => _keys.Count;

    public IReadOnlyList<object?> Keys => _keys;

    public IReadOnlyList<object?> Values => _values;

    public IEnumerable<KeyValuePair<object?, object?>> Entries => _keys.Zip(_values, KeyValuePair.Create);

    /// <summary>Sets a key's value; an existing key keeps its place.</summary>
    /// <exception cref="TemplateException">The key is a list or dictionary.</exception>
    public void Set(object? key, object? value)
    {
        object identity = IdentityOf(key);
        if (_places.TryGetValue(identity, out int place))
        {
            _values[place] = value;
            return;
        }

        _places.Add(identity, _keys.Count);
        _keys.Add(key);
        _values.Add(value);
    }

    public bool TryGet(object? key, [MaybeNullWhen(true)] out object? value)
    {
        if (key is TemplateList { IsTuple: true } or TemplateList { RangeText: not null })
        {
            // These can be keys in Python; here none ever is.
            value = null;
            return false;
        }

        bool found = _places.TryGetValue(IdentityOf(key), out int place);
        value = found ? _values[place] : null;
        return found;
    }

    private static object IdentityOf(object? key) => key switch
    {
        null => _none,
        SafeText safe => safe.Text,
        bool truth => truth ? BigInteger.One : BigInteger.Zero,
        double number when double.IsInteger(number) => new BigInteger(number),
        string or BigInteger or double or TemplateFunction => key,
        Undefined => typeof(Undefined),
        _ => throw new TemplateException($"a {ValueKinds.NameOf(key)} cannot be the key of a dictionary"),
    };
}
