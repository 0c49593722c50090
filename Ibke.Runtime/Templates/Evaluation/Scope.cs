using System.Diagnostics.CodeAnalysis;

namespace Ibke.Runtime.Templates.Evaluation;

/// <summary>Variables that are visible in a block; what is set in a block is not seen outside.</summary>
internal sealed class Scope(Scope? parent)
{
    private readonly Dictionary<string, object?> _variables = [];

    public void Set(string name, object? value) => _variables[name] = value;

    public bool TryGet(string name, [MaybeNullWhen(false)] out object? value)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope._variables.TryGetValue(name, out value))
            {
                return true;
            }
        }

        value = null;
        return false;
    }

    private Scope? Parent => parent;
}
