using Ibke.Runtime.Templates.Values;

namespace Ibke.Runtime.Templates.Library;

/// <summary>The methods of strings on a marked text: their texts are marked again, and what they put into it is escaped.</summary>
internal static class SafeTextMethods
{
    private static readonly HashSet<string> _keepTheMark =
    [
        "upper", "lower", "title", "capitalize", "swapcase", "casefold", "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "partition",
        "rpartition", "removeprefix", "removesuffix", "replace", "join", "format", "zfill", "ljust", "rjust", "center", "expandtabs",
    ];

    public static TemplateFunction? Find(SafeText text, string name, RenderBudget budget)
    {
        if (StringMethods.Find(text.Text, name, budget) is not { } method)
        {
            return null;
        }

        return new TemplateFunction(name, arguments =>
        {
            object? result = method.Call(Entered(name, arguments, budget));
            return _keepTheMark.Contains(name) ? Mark(result) : result;
        });
    }

    /// <summary>The arguments, of which those that become part of the text are escaped.</summary>
    private static Arguments Entered(string name, Arguments arguments, RenderBudget budget) => name switch
    {
        "join" => new Arguments(
            [new LazySequence(ValueKinds.Enumerate(arguments.Require(0, "iterable")).Select(item => SafeText.Enter(item, budget)), "generator")], new Dictionary<string, object?>()),
        "format" => arguments.Select(item => SafeText.Enter(item, budget)),
        "replace" => arguments.SelectAt(1, "new", item => SafeText.Enter(item, budget)),
        "ljust" or "rjust" or "center" => arguments.SelectAt(1, "fillchar", item => SafeText.Enter(item, budget)),
        _ => arguments,
    };

    private static object? Mark(object? result) => result switch
    {
        string text => new SafeText(text),
        TemplateList list => new TemplateList([.. list.Items.Select(Mark)], list.IsTuple),
        _ => result,
    };
}
