namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>
/// The pieces a reply with calls is made of: <c>Open (BeforeName name AfterName arguments AfterArguments) Between (…) Close</c>. Whoever makes a
/// model call writes these texts for it and lets it choose what lies between.
/// </summary>
internal sealed record CallSyntax
{
    /// <summary>Before the first call; may be empty.</summary>
    public string Open { get; init; } = "";

    /// <summary>From the beginning of a call to the function's name.</summary>
    public required string BeforeName { get; init; }

    /// <summary>From the name to the arguments, without white space at the end, which may be part of the next token.</summary>
    public required string AfterName { get; init; }

    /// <summary>From the arguments to the end of the call.</summary>
    public string AfterArguments { get; init; } = "";

    /// <summary>Between two calls; white space only, or empty, where calls need no separator.</summary>
    public string Between { get; init; } = "";

    /// <summary>Behind the last call; may be empty.</summary>
    public string Close { get; init; } = "";

    /// <summary>Whether the arguments are one JSON object. Otherwise each is written in the format's own way.</summary>
    public bool ArgumentsAreJson { get; init; } = true;

    /// <summary>How each argument is written where they are not one JSON object.</summary>
    public ParameterSyntax? Parameters { get; init; }

    /// <summary>The text of calls; their arguments have to be JSON.</summary>
    public string Write(IEnumerable<(string Name, string Arguments)> calls) =>
        Open + string.Join(Between, calls.Select(call => BeforeName + call.Name + AfterName + (AfterName.EndsWith(':') ? " " : "") + call.Arguments + AfterArguments)) + Close;

    /// <summary>The text a reply begins with so that it becomes a call, of the given function or of any.</summary>
    public string Beginning(string? function) => Open + BeforeName + (function is null ? "" : function + AfterName);
}

/// <summary>An argument on its own: <c>BeforeName name AfterName value AfterValue</c>.</summary>
/// <param name="BeforeName">Before the parameter's name.</param>
/// <param name="AfterName">Between the name and the value.</param>
/// <param name="AfterValue">Behind the value.</param>
/// <param name="Close">Behind the last argument, before the call ends.</param>
internal sealed record ParameterSyntax(string BeforeName, string AfterName, string AfterValue, string Close);
