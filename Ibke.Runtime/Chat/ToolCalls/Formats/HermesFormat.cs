namespace Ibke.Runtime.Chat.ToolCalls.Formats;

/// <summary><c>&lt;tool_call&gt;{"name": …, "arguments": {…}}&lt;/tool_call&gt;</c>: Hermes, Qwen and many others.</summary>
internal sealed class HermesFormat : ToolCallFormat
{
    private const string Mark = "<tool_call>";
    private const string End = "</tool_call>";

    public HermesFormat()
        : base("hermes")
    {
    }

    internal override IReadOnlyList<string> Marks { get; } = [Mark];

    internal override IReadOnlyList<string> Trailers { get; } = [End, "<|im_end|>"];

    internal override CallSyntax Syntax { get; } = new()
    {
        BeforeName = "<tool_call>\n{\"name\": \"",
        AfterName = "\", \"arguments\":",
        AfterArguments = "}\n</tool_call>",
        Between = "\n",
    };

    internal override CallReading Read(string text, bool isEnd, DeclaredFunctions functions, OpenCall open)
    {
        int start = JsonExtent.SkipSpace(text, Mark.Length);
        if (start == text.Length)
        {
            return CallReading.NeedsMore;
        }

        if (text[start] != '{')
        {
            return CallReading.Malformed(Mark.Length, "no JSON object follows its mark");
        }

        int end = open.Json.End(text, start, End);
        return end >= 0 ? ReadBody(text, start, end, isEnd)
            : !isEnd ? CallReading.NeedsMore
            : CallReading.Malformed(BehindEnd(text, start), "the reply ended inside it");
    }

    private static CallReading ReadBody(string text, int start, int end, bool isEnd)
    {
        int close = JsonExtent.SkipSpace(text, end);
        bool isClosed = Literals.At(text, close, End) == Continuation.Yes;
        bool isFollowed = Literals.At(text, close, Mark) == Continuation.Yes;
        if (!isClosed && !isFollowed && !isEnd && (close < text.Length || Literals.At(text, close, End) == Continuation.Unknown)
            && text.IndexOf(End, close, StringComparison.Ordinal) < 0)
        {
            return CallReading.NeedsMore;
        }

        if (!isClosed && !isFollowed && Literals.At(text, close, End) == Continuation.No)
        {
            return CallReading.Malformed(BehindEnd(text, close), "more than one JSON object stands in it");
        }

        int length = isClosed ? close + End.Length : isFollowed ? close : text.Length;
        return CallJson.Read(text[start..end], out string problem) is { } call
            ? CallReading.Found(length, call)
            : CallReading.Malformed(length, problem);
    }

    /// <summary>The place behind the first closing mark, or the end of the text.</summary>
    private static int BehindEnd(string text, int from)
    {
        int end = text.IndexOf(End, from, StringComparison.Ordinal);
        return end < 0 ? text.Length : end + End.Length;
    }
}
