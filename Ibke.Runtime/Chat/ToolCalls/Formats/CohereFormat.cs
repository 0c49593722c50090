namespace Ibke.Runtime.Chat.ToolCalls.Formats;

/// <summary>
/// A list of calls, <c>[{"tool_name": …, "parameters": {…}}]</c>, between tokens of their own (Command R7B, Command A), or in a fenced block behind
/// <c>Action:</c> (Command R).
/// </summary>
internal sealed class CohereFormat : ToolCallFormat
{
    private const string Mark = "<|START_ACTION|>";
    private const string End = "<|END_ACTION|>";
    private const string FencedMark = "Action:";
    private const string Fence = "```";
    private const string JsonFence = Fence + "json";

    public CohereFormat()
        : base("cohere")
    {
    }

    /// <summary>In a fenced block.</summary>
    public static CallSyntax FencedSyntax { get; } = new()
    {
        Open = "Action:\n```json\n[",
        BeforeName = "\n    {\n        \"tool_name\": \"",
        AfterName = "\",\n        \"parameters\":",
        AfterArguments = "\n    }",
        Between = ",",
        Close = "\n]```",
    };

    internal override IReadOnlyList<string> Marks { get; } = [Mark, FencedMark];

    internal override IReadOnlyList<string> Trailers { get; } = [End, Fence, "<|END_OF_TURN_TOKEN|>"];

    internal override CallSyntax Syntax { get; } = new()
    {
        Open = Mark + "[",
        BeforeName = "{\"tool_call_id\": \"0\", \"tool_name\": \"",
        AfterName = "\", \"parameters\":",
        AfterArguments = "}",
        Between = ", ",
        Close = "]" + End,
    };

    internal override CallReading Read(string text, bool isEnd, DeclaredFunctions functions, OpenCall open)
    {
        if (text.StartsWith(Mark, StringComparison.Ordinal))
        {
            return JsonListFormat.ReadList(text, Mark.Length, open);
        }

        int fence = JsonExtent.SkipSpace(text, FencedMark.Length);
        return Literals.At(text, fence, JsonFence) switch
        {
            Continuation.Yes => JsonListFormat.ReadList(text, fence + JsonFence.Length, open),
            Continuation.Unknown when !isEnd => CallReading.NeedsMore,
            _ => CallReading.Text(FencedMark.Length),
        };
    }
}
