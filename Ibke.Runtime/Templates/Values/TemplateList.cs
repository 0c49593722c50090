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
internal sealed class LazySequence
{
    // A loop over sequences made of sequences goes as deep into the stack.
    private const int MaximumDepth = 100;

    private readonly int _depth;

    /// <summary>A view of a dictionary.</summary>
    public LazySequence(IEnumerable<object?> items, string typeName, int? count = null)
    {
        Items = items;
        TypeName = typeName;
        Count = count;
    }

    /// <summary>Items that are made of those of another value.</summary>
    /// <exception cref="TemplateException">Too many sequences are made of each other.</exception>
    public LazySequence(IEnumerable<object?> items, object? source)
        : this(items, "generator")
    {
        _depth = source is LazySequence inner ? inner._depth + 1 : 0;
        if (_depth > MaximumDepth)
        {
            throw new TemplateException($"more than {MaximumDepth} sequences are made of each other; make lists of them by 'list'");
        }
    }

    /// <summary>The length of a view; null for what only a loop would tell.</summary>
    public int? Count { get; }

    public IEnumerable<object?> Items { get; }

    public string TypeName { get; }
}
