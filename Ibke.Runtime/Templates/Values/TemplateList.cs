namespace Ibke.Runtime.Templates.Values;

/// <summary>A list, tuple or range of the template language. Never changed once made: the language's environment forbids it.</summary>
internal sealed class TemplateList(IReadOnlyList<object?> items, bool isTuple = false)
{
    /// <summary>How a range is written, as <c>range(0, 4)</c>; null for lists and tuples. A range has items, but no arithmetic, order or JSON form.</summary>
    public string? RangeText { get; init; }

    public IReadOnlyList<object?> Items => items;

    public int Count => items.Count;

    public bool IsTuple => isTuple;
}

/// <summary>
/// Values that are produced while they are looped over, as <c>map</c> gives them, and views of dictionaries, as <c>items()</c> gives them. They
/// have no elements by number and no JSON form.
/// </summary>
internal sealed class LazySequence(IEnumerable<object?> items, string typeName, int? count = null)
{
    /// <summary>The length of a view; null for what only a loop would tell.</summary>
    public int? Count => count;

    public IEnumerable<object?> Items => items;

    public string TypeName => typeName;
}
