namespace Ibke.Runtime.Chat.ToolCalls.Formats;

/// <summary>
/// <c>&lt;function=name&gt;</c> with a <c>&lt;parameter=name&gt;</c> for each argument, inside a mark of the whole call: Qwen3-Coder, Nemotron 3,
/// Seed-OSS. Values are plain text, typed by the function's schema.
/// </summary>
internal sealed class XmlParametersFormat : ToolCallFormat
{
    private const string FunctionMark = "<function=";
    private const string FunctionEnd = "</function>";
    private const string ParameterMark = "<parameter=";
    private const string ParameterEnd = "</parameter>";

    private readonly string _mark;

    /// <param name="name">The format's name.</param>
    /// <param name="mark">Before a call.</param>
    /// <param name="end">Behind it.</param>
    public XmlParametersFormat(string name, string mark, string end)
        : base(name)
    {
        _mark = mark;
        Marks = [mark, FunctionMark];
        Trailers = [end, "<|im_end|>", "<seed:eos>"];
        Syntax = new CallSyntax
        {
            BeforeName = $"{mark}\n{FunctionMark}",
            AfterName = ">",
            AfterArguments = $"{FunctionEnd}\n{end}",
            Between = "\n",
            ArgumentsAreJson = false,
            Parameters = new ParameterSyntax($"\n{ParameterMark}", ">\n", $"\n{ParameterEnd}", "\n"),
        };
    }

    internal override IReadOnlyList<string> Marks { get; }

    internal override IReadOnlyList<string> Trailers { get; }

    internal override CallSyntax Syntax { get; }

    internal override CallReading Read(string text, bool isEnd, DeclaredFunctions functions, OpenCall open)
    {
        int start = text.StartsWith(_mark, StringComparison.Ordinal) ? JsonExtent.SkipSpace(text, _mark.Length) : 0;
        switch (Literals.At(text, start, FunctionMark))
        {
            case Continuation.Unknown:
                return CallReading.NeedsMore;
            case Continuation.No:
                return CallReading.Malformed(start, "no function's name follows its mark");
        }

        start += FunctionMark.Length;
        int behindName = text.IndexOf('>', start);
        string name = text[start..(behindName < 0 ? text.Length : behindName)];
        return (behindName >= 0 || name.Length > 0) && !Literals.IsName(name) ? CallReading.Malformed(start, "it has no name")
            : behindName < 0 ? CallReading.NeedsMore
            : ReadParameters(text, name, behindName + 1, functions, open);
    }

    private CallReading ReadParameters(string text, string name, int start, DeclaredFunctions functions, OpenCall open)
    {
        int place = JsonExtent.SkipSpace(text, Math.Max(start, open.BehindArguments));
        while (Literals.At(text, place, ParameterMark) == Continuation.Yes)
        {
            int key = place + ParameterMark.Length;
            int value = text.IndexOf('>', key);
            int end = value < 0 ? -1 : text.IndexOf(ParameterEnd, value, StringComparison.Ordinal);
            if (end < 0)
            {
                return CallReading.NeedsMore;
            }

            string parameter = text[key..value];
            open.Arguments[parameter] = ParameterValue.Read(WithoutFrame(text[(value + 1)..end]), functions.Parameter(name, parameter));
            open.BehindArguments = end + ParameterEnd.Length;
            place = JsonExtent.SkipSpace(text, open.BehindArguments);
        }

        return Literals.At(text, place, FunctionEnd) switch
        {
            // What closes the whole call may be missing, and is dropped where it is there.
            Continuation.Yes => CallReading.Found(place + FunctionEnd.Length, CallJson.Call(name, open.Arguments)),
            Continuation.No when Literals.At(text, place, ParameterMark) == Continuation.No =>
                CallReading.Malformed(place, "something stands between its parameters"),
            _ => CallReading.NeedsMore,
        };
    }

    /// <summary>A value without the line feeds that set it apart from its marks.</summary>
    private static string WithoutFrame(string value)
    {
        int start = value.StartsWith("\r\n", StringComparison.Ordinal) ? 2 : value.StartsWith('\n') ? 1 : 0;
        int end = value.Length - (value.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : value.EndsWith('\n') ? 1 : 0);
        return end > start ? value[start..end] : "";
    }
}
