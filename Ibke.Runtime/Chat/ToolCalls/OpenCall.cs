namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>
/// What was found in a call whose end has not come yet. A format continues from here when more text comes, so that a call is read about once, in
/// however many pieces it comes.
/// </summary>
internal sealed class OpenCall
{
    /// <summary>The extent of the call's JSON.</summary>
    public JsonExtent Json { get; } = new();

    /// <summary>The parameters that are whole, where each stands between marks of its own.</summary>
    public Dictionary<string, object?> Arguments { get; } = new(StringComparer.Ordinal);

    /// <summary>The place behind these parameters; 0 where there is none.</summary>
    public int BehindArguments { get; set; }
}
