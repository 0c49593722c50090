namespace Ibke.Runtime.Chat.ToolCalls.Formats;

/// <summary>
/// <c>{"name": …, "parameters": {…}}</c>, with or without a python tag before it and <c>;</c> between calls: Llama 3. As nothing else marks a call, an
/// object counts as one only where it stands outside of other brackets, has a name and parameters, and the name is that of a function of the request.
/// </summary>
internal sealed class Llama3Format : ToolCallFormat
{
    private const string Brace = "{";
    private static readonly string[] _keys = ["name", "parameters", "arguments", "type", "id"];

    public Llama3Format()
        : base("llama3")
    {
    }

    internal override IReadOnlyList<string> Marks { get; } = [PythonTag.Mark, Brace];

    internal override IReadOnlyList<string> Trailers { get; } = [";", "<|eom_id|>", "<|eot_id|>"];

    internal override CallSyntax Syntax { get; } = new()
    {
        BeforeName = "{\"name\": \"",
        AfterName = "\", \"parameters\":",
        AfterArguments = "}",
        Between = "; ",
    };

    internal override bool Opens(string mark, int openBrackets) => mark != Brace || openBrackets == 0;

    internal override CallReading Read(string text, bool isEnd, DeclaredFunctions functions, OpenCall open)
    {
        if (!text.StartsWith(Brace, StringComparison.Ordinal))
        {
            return PythonTag.Read(text, isEnd, functions, open);
        }

        if (!MayBegin(text))
        {
            return CallReading.Text(1);
        }

        int end = open.Json.End(text, 0);
        return end >= 0 ? ReadObject(text[..end], functions)
            : isEnd && !IsMeant(text) ? CallReading.Text(text.Length)
            : CallReading.NeedsMore;
    }

    private static CallReading ReadObject(string json, DeclaredFunctions functions)
    {
        bool isMeant = HasArguments(json) && IsMeant(json);
        return CallJson.Read(json, out string problem, argumentsNeeded: true) is { } call
            ? functions.MayInclude(call.Name) ? CallReading.Found(json.Length, call) : CallReading.Text(json.Length)
            : isMeant ? CallReading.Malformed(json.Length, problem)
            : CallReading.Text(json.Length);
    }

    private static bool IsMeant(string json) => json.Contains("\"name\"", StringComparison.Ordinal);

    private static bool HasArguments(string json) =>
        json.Contains("\"parameters\"", StringComparison.Ordinal) || json.Contains("\"arguments\"", StringComparison.Ordinal);

    /// <summary>Whether the first key, as far as it has come, is one of a call.</summary>
    private static bool MayBegin(string text)
    {
        int quote = JsonExtent.SkipSpace(text, 1);
        if (quote == text.Length)
        {
            return true;
        }

        if (text[quote] != '"')
        {
            return false;
        }

        int end = text.IndexOf('"', quote + 1);
        string key = text[(quote + 1)..(end < 0 ? text.Length : end)];
        return _keys.Any(known => end < 0 ? known.StartsWith(key, StringComparison.Ordinal) : known == key);
    }
}
