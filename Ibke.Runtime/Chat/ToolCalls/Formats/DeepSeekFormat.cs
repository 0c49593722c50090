namespace Ibke.Runtime.Chat.ToolCalls.Formats;

/// <summary>
/// Calls between DeepSeek's tokens: <c>function⟨sep⟩name</c> with the arguments in a fenced block (V3 and R1), or <c>name⟨sep⟩{…}</c> (V3.1). Both
/// are read; they differ in how a call is begun for the model.
/// </summary>
internal sealed class DeepSeekFormat : ToolCallFormat
{
    private const string ListMark = "<｜tool▁calls▁begin｜>";
    private const string Mark = "<｜tool▁call▁begin｜>";
    private const string Separator = "<｜tool▁sep｜>";
    private const string End = "<｜tool▁call▁end｜>";
    private const string ListEnd = "<｜tool▁calls▁end｜>";
    private const string Fence = "```";

    private DeepSeekFormat(string name, CallSyntax syntax)
        : base(name) => Syntax = syntax;

    /// <summary>With a fenced block.</summary>
    public static DeepSeekFormat Fenced { get; } = new("deepseek-v3", new CallSyntax
    {
        Open = ListMark,
        BeforeName = Mark + "function" + Separator,
        AfterName = "\n```json\n",
        AfterArguments = "\n```" + End,
        Between = "\n",
        Close = ListEnd,
    });

    /// <summary>With the arguments as they are.</summary>
    public static DeepSeekFormat Plain { get; } = new("deepseek-v3.1", new CallSyntax
    {
        Open = ListMark,
        BeforeName = Mark,
        AfterName = Separator,
        AfterArguments = End,
        Close = ListEnd,
    });

    internal override IReadOnlyList<string> Marks { get; } = [ListMark, Mark];

    internal override IReadOnlyList<string> InnerMarks { get; } = [Separator, End];

    internal override IReadOnlyList<string> Trailers { get; } = [ListEnd, "<｜end▁of▁sentence｜>"];

    internal override CallSyntax Syntax { get; }

    internal override CallReading Read(string text, bool isEnd, DeclaredFunctions functions, OpenCall open)
    {
        int call = text.StartsWith(ListMark, StringComparison.Ordinal) ? JsonExtent.SkipSpace(text, ListMark.Length) : 0;
        switch (Literals.At(text, call, Mark))
        {
            case Continuation.Unknown:
                return CallReading.NeedsMore;
            case Continuation.No:
                return CallReading.Malformed(call, "no call follows its mark");
        }

        int start = call + Mark.Length;
        int separator = text.IndexOf(Separator, start, StringComparison.Ordinal);
        if (separator < 0)
        {
            return CallReading.NeedsMore;
        }

        int brace = text.IndexOf('{', separator);
        int close = text.IndexOf(End, separator, StringComparison.Ordinal);
        if (close >= 0 && (brace < 0 || close < brace))
        {
            return CallReading.Malformed(close + End.Length, "it has no arguments");
        }

        string behind = text[(separator + Separator.Length)..(brace < 0 ? text.Length : brace)];
        int fence = behind.IndexOf(Fence, StringComparison.Ordinal);
        string name = (fence >= 0 ? behind[..fence] : behind.Trim().Length > 0 ? behind : text[start..separator]).Trim();
        int end = brace < 0 ? -1 : open.Json.End(text, brace, End);
        return end < 0 ? CallReading.NeedsMore : ReadBody(text, name, brace, end, fence >= 0);
    }

    private static CallReading ReadBody(string text, string name, int start, int end, bool isFenced)
    {
        int close = JsonExtent.SkipSpace(text, end);
        if (isFenced && Literals.At(text, close, Fence) == Continuation.Yes)
        {
            close = JsonExtent.SkipSpace(text, close + Fence.Length);
        }

        int at = text.IndexOf(End, close, StringComparison.Ordinal);
        if (at < 0)
        {
            return CallReading.NeedsMore;
        }

        int length = at + End.Length;
        return at != close ? CallReading.Malformed(length, "something stands between its arguments and its end")
            : !Literals.IsName(name) ? CallReading.Malformed(length, "it has no name")
            : CallJson.ReadArguments(name, text[start..end], out string problem) is { } call ? CallReading.Found(length, call)
            : CallReading.Malformed(length, problem);
    }
}
