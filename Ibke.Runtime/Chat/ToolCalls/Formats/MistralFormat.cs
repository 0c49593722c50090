namespace Ibke.Runtime.Chat.ToolCalls.Formats;

/// <summary>
/// <c>[TOOL_CALLS]</c> with a list of calls, or with one call after it: <c>name[ARGS]{…}</c>, <c>name[CALL_ID]…[ARGS]{…}</c> or <c>name{…}</c>.
/// </summary>
internal sealed class MistralFormat : ToolCallFormat
{
    private const string Mark = "[TOOL_CALLS]";
    private const string IdMark = "[CALL_ID]";
    private const string ArgumentsMark = "[ARGS]";

    public MistralFormat()
        : base("mistral")
    {
    }

    /// <summary>The form with a mark before each call's arguments, which newer models write.</summary>
    public static CallSyntax NamedSyntax { get; } = new() { BeforeName = Mark, AfterName = ArgumentsMark };

    internal override IReadOnlyList<string> Marks { get; } = [Mark];

    internal override IReadOnlyList<string> InnerMarks { get; } = [IdMark, ArgumentsMark];

    internal override IReadOnlyList<string> Trailers { get; } = ["</s>"];

    internal override CallSyntax Syntax { get; } = new()
    {
        Open = "[TOOL_CALLS][",
        BeforeName = "{\"name\": \"",
        AfterName = "\", \"arguments\":",
        AfterArguments = "}",
        Between = ", ",
        Close = "]",
    };

    internal override CallReading Read(string text, bool isEnd, DeclaredFunctions functions, OpenCall open)
    {
        int start = JsonExtent.SkipSpace(text, Mark.Length);
        return start == text.Length ? CallReading.NeedsMore
            : text[start] == '[' ? JsonListFormat.ReadList(text, start, open)
            : ReadNamed(text, start, open);
    }

    private static CallReading ReadNamed(string text, int start, OpenCall open)
    {
        int behindName = text.AsSpan(start).IndexOfAny('[', '{');
        string name = (behindName < 0 ? text[start..] : text[start..(start + behindName)]).Trim();
        if (!Literals.IsName(name))
        {
            return CallReading.Malformed(Mark.Length, "no function's name follows its mark");
        }

        return behindName < 0 ? CallReading.NeedsMore : ReadArguments(text, name, start + behindName, open);
    }

    private static CallReading ReadArguments(string text, string name, int place, OpenCall open)
    {
        int brace = text.IndexOf('{', place);
        string between = brace < 0 ? text[place..] : text[place..brace];
        if (!MayStandBeforeArguments(between, isWhole: brace >= 0))
        {
            return CallReading.Malformed(place, "no arguments follow its name");
        }

        int end = brace < 0 ? -1 : open.Json.End(text, brace);
        return end < 0 ? CallReading.NeedsMore
            : CallJson.ReadArguments(name, text[brace..end], out string problem) is { } call ? CallReading.Found(end, call)
            : CallReading.Malformed(end, problem);
    }

    /// <summary>Whether a text is an id, the mark of the arguments, both, or neither; or the beginning of such a text where it is not whole.</summary>
    private static bool MayStandBeforeArguments(string text, bool isWhole)
    {
        int id = 0;
        if (Literals.At(text, 0, IdMark) == Continuation.Yes)
        {
            id = text.AsSpan(IdMark.Length).IndexOf('[');
            ReadOnlySpan<char> value = id < 0 ? text.AsSpan(IdMark.Length) : text.AsSpan(IdMark.Length, id);
            if (!value.IsEmpty && !Literals.IsName(value.Trim()))
            {
                return false;
            }

            id = id < 0 ? text.Length : IdMark.Length + id;
        }

        string rest = text[id..].Trim();
        return rest.Length == 0 || rest == ArgumentsMark
            || (!isWhole && (Literals.At(rest, 0, ArgumentsMark) == Continuation.Unknown || Literals.At(rest, 0, IdMark) == Continuation.Unknown));
    }
}
