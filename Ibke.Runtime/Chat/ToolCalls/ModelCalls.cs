using Ibke.Runtime.Chat.ToolCalls.Formats;

namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>How one model writes calls, and how its template wants to be shown them.</summary>
/// <param name="Format">What replies are read by.</param>
/// <param name="Syntax">How its template writes a call; null where the model calls no functions.</param>
/// <param name="Shape">What messages with calls have to look like.</param>
/// <param name="HidesFunctions">Whether the template does not show the model which functions there are.</param>
internal sealed record ModelCalls(ToolCallFormat Format, CallSyntax? Syntax, MessageShape Shape, bool HidesFunctions)
{
    /// <summary>In this order, for what marks one format is part of what marks another.</summary>
    private static readonly (ToolCallFormat Format, CallSyntax Syntax)[] _known =
    [
        .. new[]
        {
            ToolCallFormats.DeepSeekV3, ToolCallFormats.DeepSeekV31, ToolCallFormats.SeedOss, ToolCallFormats.Qwen3Coder, ToolCallFormats.Functionary,
            ToolCallFormats.Mistral,
        }.Select(static format => (format, format.Syntax!)),
        (ToolCallFormats.Mistral, MistralFormat.NamedSyntax),
        (ToolCallFormats.Cohere, CohereFormat.FencedSyntax),
        .. new[]
        {
            ToolCallFormats.Cohere, ToolCallFormats.Granite, ToolCallFormats.Apriel, ToolCallFormats.Firefunction, ToolCallFormats.Hermes, ToolCallFormats.Llama3,
        }.Select(static format => (format, format.Syntax!)),
    ];

    /// <summary>What a template that writes no calls itself tells the model about them.</summary>
    private static readonly (string Text, ToolCallFormat Format)[] _mentions =
    [
        ("<｜tool▁sep｜>", ToolCallFormats.DeepSeekV3),
        ("<seed:tool_call>", ToolCallFormats.SeedOss),
        ("<parameter=", ToolCallFormats.Qwen3Coder),
        ("<function=", ToolCallFormats.Functionary),
        ("[TOOL_CALLS]", ToolCallFormats.Mistral),
        ("<|START_ACTION|>", ToolCallFormats.Cohere),
        ("<|tool_call|>", ToolCallFormats.Granite),
        ("<tool_calls>", ToolCallFormats.Apriel),
        ("functools[", ToolCallFormats.Firefunction),
        ("<tool_call>", ToolCallFormats.Hermes),
        ("{\"name\": function name, \"parameters\":", ToolCallFormats.Llama3),
    ];

    private static readonly (string ModelType, ToolCallFormat Format)[] _families =
    [
        ("granite", ToolCallFormats.Granite),
        ("mistral", ToolCallFormats.Mistral),
        ("mixtral", ToolCallFormats.Mistral),
        ("qwen", ToolCallFormats.Hermes),
        ("smollm3", ToolCallFormats.Hermes),
        ("llama", ToolCallFormats.Llama3),
    ];

    /// <summary>Finds it out: by the call that the template writes, else by what the template mentions, else by the kind of model.</summary>
    /// <param name="probe">What the template does.</param>
    /// <param name="source">The template's text.</param>
    /// <param name="modelType">The <c>model_type</c> of the configuration, or null.</param>
    /// <param name="chosen">The format a host has chosen, or null.</param>
    public static ModelCalls Find(CallProbe probe, string source, string? modelType, ToolCallFormat? chosen)
    {
        foreach ((ToolCallFormat format, CallSyntax syntax) in _known)
        {
            if ((chosen is null || chosen == format) && probe.Fit(syntax) is { } fitted)
            {
                return new ModelCalls(format, fitted, probe.Shape, probe.HidesFunctions);
            }
        }

        ToolCallFormat found = chosen
            ?? (probe.Text.Length > 0 ? ToolCallFormats.None
                : _mentions.FirstOrDefault(mention => source.Contains(mention.Text, StringComparison.Ordinal)).Format)
            ?? (probe.HidesFunctions ? ToolCallFormats.Hermes // Nothing is known: the form that most models have seen is explained in words.
                : _families.FirstOrDefault(family => modelType?.StartsWith(family.ModelType, StringComparison.OrdinalIgnoreCase) == true).Format)
            ?? ToolCallFormats.None;
        bool isDropped = probe.Text.Length == 0 && found.Syntax?.ArgumentsAreJson == true;
        return new ModelCalls(found, found.Syntax, probe.Shape with { CallsInText = isDropped }, probe.HidesFunctions);
    }

    /// <summary>Whether functions can be explained to the model: by its template, or in words for a form whose arguments are JSON.</summary>
    public bool CanShowFunctions => !HidesFunctions || Syntax?.ArgumentsAreJson == true;
}
