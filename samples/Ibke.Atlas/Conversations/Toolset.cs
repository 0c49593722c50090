namespace Ibke.Atlas.Conversations;

/// <summary>The functions listed in one conversation, and how their plain names and arguments are written there.</summary>
/// <param name="Functions">As listed.</param>
/// <param name="Names">The listed name by plain name, such as <c>edit_fact</c>.</param>
/// <param name="Arguments">The listed name by plain argument.</param>
public sealed record Toolset(
    IReadOnlyList<ListedFunction> Functions, IReadOnlyDictionary<string, string> Names, IReadOnlyDictionary<string, string> Arguments)
{
    /// <summary>Makes the call of a function.</summary>
    public FunctionCall Call(string function, params ReadOnlySpan<(string Name, string Value)> arguments)
    {
        List<(string Name, string Value)> listed = [];
        foreach ((string name, string value) in arguments)
        {
            listed.Add((Arguments.GetValueOrDefault(name, name), value));
        }

        return new FunctionCall(Names[function], listed);
    }
}
