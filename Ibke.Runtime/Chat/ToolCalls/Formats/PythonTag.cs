using System.Text.RegularExpressions;

namespace Ibke.Runtime.Chat.ToolCalls.Formats;

/// <summary>What stands behind a python tag: a call in JSON, a call of a built-in function, <c>name.call(a="…")</c>, or code to run.</summary>
internal static partial class PythonTag
{
    public const string Mark = "<|python_tag|>";

    /// <summary>What code is handed to, if it is among the functions; the first where functions are not known.</summary>
    private static readonly string[] _interpreters = ["python", "code_interpreter"];

    private static readonly string[] _ends = ["<|eom_id|>", "<|eot_id|>"];

    public static CallReading Read(string text, bool isEnd, DeclaredFunctions functions, OpenCall open)
    {
        int start = JsonExtent.SkipSpace(text, Mark.Length);
        if (start < text.Length && text[start] == '{')
        {
            int end = open.Json.End(text, start);
            return end < 0 ? CallReading.NeedsMore : ReadJson(text[start..end], end, functions);
        }

        // Code goes on to the end of the reply.
        return start == text.Length || !isEnd ? CallReading.NeedsMore : ReadCode(text, functions);
    }

    private static CallReading ReadJson(string json, int length, DeclaredFunctions functions)
    {
        if (CallJson.Read(json, out string problem, argumentsNeeded: true) is { } call)
        {
            return CallReading.Found(length, call);
        }

        return problem == "it has no name" && Interpreter(functions) is { } name && CallJson.ReadArguments(name, json, out _) is { } code
            ? CallReading.Found(length, code)
            : CallReading.Malformed(length, problem);
    }

    private static CallReading ReadCode(string text, DeclaredFunctions functions)
    {
        string code = text[Mark.Length..].Trim();
        while (_ends.FirstOrDefault(end => code.EndsWith(end, StringComparison.Ordinal)) is { } end)
        {
            code = code[..^end.Length].TrimEnd();
        }

        Match call = BuiltInCall().Match(code);
        return call.Success && PythonLiterals.TryReadArguments(call.Groups[2].Value, out var arguments)
            && CallJson.ReadArguments(call.Groups[1].Value, arguments.ToJsonString(), out _) is { } builtIn
                ? CallReading.Found(text.Length, builtIn)
            : Interpreter(functions) is { } name
                ? CallReading.Found(text.Length, CallJson.Call(name, new Dictionary<string, object?> { ["code"] = code }))
            : CallReading.Malformed(text.Length, "there is no function that runs code");
    }

    private static string? Interpreter(DeclaredFunctions functions) => _interpreters.FirstOrDefault(functions.MayInclude);

    [GeneratedRegex(@"^([A-Za-z_]\w*)\.call\((.*)\)$", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex BuiltInCall();
}
