namespace Ibke.Runtime.Chat.ToolCalls.Formats;

/// <summary><c>&lt;function=name&gt;{…}&lt;/function&gt;</c>, and code behind a python tag: Functionary 3.1 and models taught by its prompt.</summary>
internal sealed class FunctionaryFormat : ToolCallFormat
{
    private const string Mark = "<function=";
    private const string End = "</function>";

    public FunctionaryFormat()
        : base("functionary")
    {
    }

    internal override IReadOnlyList<string> Marks { get; } = [Mark, PythonTag.Mark];

    internal override IReadOnlyList<string> Trailers { get; } = [End, "<|eom_id|>", "<|eot_id|>"];

    internal override CallSyntax Syntax { get; } = new() { BeforeName = Mark, AfterName = ">", AfterArguments = End };

    internal override CallReading Read(string text, bool isEnd, DeclaredFunctions functions, OpenCall open)
    {
        if (text.StartsWith(PythonTag.Mark, StringComparison.Ordinal))
        {
            return PythonTag.Read(text, isEnd, functions, open);
        }

        int behindName = text.IndexOf('>', Mark.Length);
        string name = text[Mark.Length..(behindName < 0 ? text.Length : behindName)];
        if (name.Length > 0 || behindName >= 0 ? !Literals.IsName(name) : false)
        {
            return CallReading.Malformed(Mark.Length, "it has no name");
        }

        int start = behindName < 0 ? text.Length : JsonExtent.SkipSpace(text, behindName + 1);
        if (start == text.Length)
        {
            return CallReading.NeedsMore;
        }

        if (text[start] != '{')
        {
            return CallReading.Malformed(start, "no JSON object follows its name");
        }

        int end = open.Json.End(text, start, End);
        return end < 0 ? CallReading.NeedsMore : ReadBody(text, name, start, end);
    }

    private static CallReading ReadBody(string text, string name, int start, int end)
    {
        int close = JsonExtent.SkipSpace(text, end);
        switch (Literals.At(text, close, End))
        {
            case Continuation.Unknown:
                return CallReading.NeedsMore;
            case Continuation.No:
                return CallReading.Malformed(close, $"no {End} follows its arguments");
            default:
                int length = close + End.Length;
                return CallJson.ReadArguments(name, text[start..end], out string problem) is { } call
                    ? CallReading.Found(length, call)
                    : CallReading.Malformed(length, problem);
        }
    }
}
