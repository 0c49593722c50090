namespace Ibke.Runtime.Templates.Values;

/// <summary>A list or tuple of the template language. Never changed once made: the language's environment forbids it.</summary>
internal sealed class TemplateList(IReadOnlyList<object?> items, bool isTuple = false)
{
    public IReadOnlyList<object?> Items => items;

    public int Count => items.Count;

    public bool IsTuple => isTuple;
}

/// <summary>Values that are produced while they are looped over, as <c>map</c> and <c>dict.items()</c> give them; they have no length or JSON form.</summary>
internal sealed class LazySequence(IEnumerable<object?> items, string typeName)
{
    public IEnumerable<object?> Items => items;

    public string TypeName => typeName;
}
