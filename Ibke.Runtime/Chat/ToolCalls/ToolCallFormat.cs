using System.Text.Json.Nodes;
using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>
/// How a model writes function calls. Known is the Hermes form, <c>&lt;tool_call&gt;{"name": …, "arguments": {…}}&lt;/tool_call&gt;</c>, which
/// Qwen and many others share. A further form is a further instance, with a reader of its own for what lies between the marks.
/// </summary>
/// <param name="Open">The mark before a call.</param>
/// <param name="Close">The mark behind it.</param>
/// <param name="BeforeName">What the model's own template writes from the mark to the function's name.</param>
/// <param name="AfterName">What it writes from the name to the arguments, without white space at the end.</param>
internal sealed record ToolCallFormat(string Open, string Close, string BeforeName, string AfterName)
{
    private const string ProbeName = "probe_function";
    private const string ProbeArgument = "probe_argument";

    /// <summary>The Hermes form as its authors write it.</summary>
    public static ToolCallFormat Hermes { get; } =
        new("<tool_call>", "</tool_call>", "<tool_call>\n{\"name\": \"", "\", \"arguments\":");

    /// <summary>The form a template uses, found by letting it write a call.</summary>
    /// <returns>The form, or null where the template knows no calls or writes them in no known form.</returns>
    public static ToolCallFormat? Find(ChatTemplate template)
    {
        if (!template.Source.Contains(Hermes.Open, StringComparison.Ordinal))
        {
            return null;
        }

        string text = RenderProbe(template);
        int name = text.IndexOf(ProbeName, StringComparison.Ordinal);
        int open = name < 0 ? -1 : text.LastIndexOf(Hermes.Open, name, StringComparison.Ordinal);
        int argument = name < 0 ? -1 : text.IndexOf(ProbeArgument, name, StringComparison.Ordinal);
        int brace = argument < 0 ? -1 : text.LastIndexOf('{', argument);
        return open < 0 || brace < name
            ? Hermes
            : Hermes with { BeforeName = text[open..name], AfterName = text[(name + ProbeName.Length)..brace].TrimEnd() };
    }

    /// <summary>The text an assistant's turn begins with so that it becomes a call, of the given function or of any.</summary>
    public string BeginningOfCall(string? function) => function is null ? BeforeName : BeforeName + function + AfterName;

    private static string RenderProbe(ChatTemplate template)
    {
        JsonObject function = new() { ["name"] = ProbeName, ["arguments"] = new JsonObject { [ProbeArgument] = "" } };
        JsonObject call = new() { ["id"] = "call_probe", ["type"] = "function", ["function"] = function };
        JsonArray messages =
        [
            new JsonObject { ["role"] = "user", ["content"] = "" },
            new JsonObject { ["role"] = "assistant", ["content"] = "", ["tool_calls"] = new JsonArray(call) },
        ];
        try
        {
            return template.Render(messages, addGenerationPrompt: false);
        }
        catch (TemplateException)
        {
            return "";
        }
    }
}
