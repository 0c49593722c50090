using System.Numerics;
using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Templates.Evaluation;

/// <summary>The variable <c>loop</c> of one loop.</summary>
internal sealed class LoopState(IReadOnlyList<object?> items, int depth, RenderBudget budget, Func<object?, string>? recurse)
{
    private object? _lastChanged = new Undefined("the loop has not run");

    /// <summary>The round, from 0.</summary>
    public int Index { get; set; }

    /// <summary>The value <c>loop</c>: an attribute is computed when asked for; a recursive loop can be called.</summary>
    public object? Attribute(string name) => name switch
    {
        "index" => (BigInteger)(Index + 1),
        "index0" => (BigInteger)Index,
        "revindex" => (BigInteger)(items.Count - Index),
        "revindex0" => (BigInteger)(items.Count - Index - 1),
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (BigInteger)items.Count,
        "depth" => (BigInteger)(depth + 1),
        "depth0" => (BigInteger)depth,
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined("the first item has none before it"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new Undefined("the last item has none after it"),
        "cycle" => new TemplateFunction("cycle", arguments => arguments.Positional.Count > 0
            ? arguments.Positional[Index % arguments.Positional.Count]
            : throw new TemplateException("loop.cycle needs at least one value")),
        "changed" => new TemplateFunction("changed", HasChanged),
        _ => new Undefined($"'loop' has no '{name}'"),
    };

    /// <summary>As it prints.</summary>
    public override string ToString() => $"<LoopContext {Index + 1}/{items.Count}>";

    /// <summary>Renders the loop's body for the items of a value, one level deeper.</summary>
    /// <exception cref="TemplateException">The loop is not recursive.</exception>
    public string Recurse(Arguments arguments) => recurse is null
        ? throw new TemplateException("only a loop marked 'recursive' can be called")
        : recurse(arguments.Require(0, "iterable"));

    private object? HasChanged(Arguments arguments)
    {
        TemplateList now = new(arguments.Positional, true);
        bool same = Operators.AreEqual(_lastChanged, now, budget);
        _lastChanged = now;
        return !same;
    }
}
