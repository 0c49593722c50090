namespace Ibke.Runtime.Chat.ToolCalls.Formats;

/// <summary>A mark and a list of calls, <c>[{"name": …, "arguments": {…}}, …]</c>: Granite, Apriel, Firefunction.</summary>
internal sealed class JsonListFormat : ToolCallFormat
{
    /// <param name="name">The format's name.</param>
    /// <param name="marks">What may stand before the list; the first is what the model is taught.</param>
    /// <param name="close">What is written behind it, or nothing.</param>
    /// <param name="trailers">What else may stand behind it.</param>
    public JsonListFormat(string name, IReadOnlyList<string> marks, string close, params IReadOnlyList<string> trailers)
        : base(name)
    {
        Marks = marks;
        Trailers = close.Length > 0 ? [close, .. trailers] : trailers;
        Syntax = new CallSyntax
        {
            Open = marks[0] + "[",
            BeforeName = "{\"name\": \"",
            AfterName = "\", \"arguments\":",
            AfterArguments = "}",
            Between = ", ",
            Close = "]" + close,
        };
    }

    internal override IReadOnlyList<string> Marks { get; }

    internal override IReadOnlyList<string> Trailers { get; }

    internal override CallSyntax Syntax { get; }

    /// <summary>Reads a list that begins at a place behind white space.</summary>
    public static CallReading ReadList(string text, int from, OpenCall open)
    {
        int start = JsonExtent.SkipSpace(text, from);
        if (start == text.Length)
        {
            return CallReading.NeedsMore;
        }

        if (text[start] != '[')
        {
            return CallReading.Malformed(from, "no list of calls follows its mark");
        }

        int end = open.Json.End(text, start);
        return end < 0 ? CallReading.NeedsMore
            : CallJson.ReadList(text[start..end], out string problem) is { } calls ? CallReading.Found(end, calls)
            : CallReading.Malformed(end, problem);
    }

    internal override CallReading Read(string text, bool isEnd, DeclaredFunctions functions, OpenCall open) =>
        ReadList(text, Marks.First(mark => text.StartsWith(mark, StringComparison.Ordinal)).Length, open);
}
