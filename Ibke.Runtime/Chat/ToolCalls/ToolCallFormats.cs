using Ibke.Runtime.Chat.ToolCalls.Formats;

namespace Ibke.Runtime.Chat.ToolCalls;

/// <summary>The forms in which models write function calls.</summary>
public static class ToolCallFormats
{
    /// <summary><c>&lt;tool_call&gt;{"name": …, "arguments": {…}}&lt;/tool_call&gt;</c>: Hermes, Qwen 2.5, Qwen 3.</summary>
    public static ToolCallFormat Hermes { get; } = new HermesFormat();

    /// <summary><c>{"name": …, "parameters": {…}}</c>, <c>&lt;|python_tag|&gt;</c>: Llama 3.</summary>
    public static ToolCallFormat Llama3 { get; } = new Llama3Format();

    /// <summary><c>[TOOL_CALLS][{…}]</c>, <c>[TOOL_CALLS]name[ARGS]{…}</c>, <c>[TOOL_CALLS]name{…}</c>: Mistral.</summary>
    public static ToolCallFormat Mistral { get; } = new MistralFormat();

    /// <summary>DeepSeek's tokens around a name and a fenced block: V3, R1 and its distillates.</summary>
    public static ToolCallFormat DeepSeekV3 { get; } = DeepSeekFormat.Fenced;

    /// <summary>DeepSeek's tokens around a name and an object: V3.1.</summary>
    public static ToolCallFormat DeepSeekV31 { get; } = DeepSeekFormat.Plain;

    /// <summary><c>&lt;function=name&gt;{…}&lt;/function&gt;</c>: Functionary 3.1.</summary>
    public static ToolCallFormat Functionary { get; } = new FunctionaryFormat();

    /// <summary><c>&lt;|tool_call|&gt;[{…}]</c>: Granite 3.</summary>
    public static ToolCallFormat Granite { get; } =
        new JsonListFormat("granite", ["<|tool_call|>", "<tool_call>"], "", "</tool_call>", "<|/tool_call|>", "<|end_of_text|>");

    /// <summary><c>&lt;tool_call&gt;&lt;function=name&gt;&lt;parameter=name&gt;…</c>: Qwen3-Coder, Nemotron 3.</summary>
    public static ToolCallFormat Qwen3Coder { get; } = new XmlParametersFormat("qwen3-coder", "<tool_call>", "</tool_call>");

    /// <summary>As <see cref="Qwen3Coder"/> between <c>&lt;seed:tool_call&gt;</c> and its end: Seed-OSS.</summary>
    public static ToolCallFormat SeedOss { get; } = new XmlParametersFormat("seed-oss", "<seed:tool_call>", "</seed:tool_call>");

    /// <summary><c>&lt;tool_calls&gt;[{…}]&lt;/tool_calls&gt;</c>: Apriel.</summary>
    public static ToolCallFormat Apriel { get; } = new JsonListFormat("apriel", ["<tool_calls>"], "</tool_calls>", "<|end|>");

    /// <summary><c>functools[{…}]</c>: Firefunction 2.</summary>
    public static ToolCallFormat Firefunction { get; } = new JsonListFormat("firefunction", ["functools"], "", "<|eot_id|>");

    /// <summary><c>&lt;|START_ACTION|&gt;[{"tool_name": …, "parameters": {…}}]</c>, or the same list in a fenced block behind <c>Action:</c>: Command R.</summary>
    public static ToolCallFormat Cohere { get; } = new CohereFormat();

    /// <summary>The model calls no functions; all it writes is text.</summary>
    public static ToolCallFormat None { get; } = new NoFormat();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ToolCallFormat> All { get; } =
        [Hermes, Llama3, Mistral, DeepSeekV3, DeepSeekV31, Functionary, Granite, Qwen3Coder, SeedOss, Apriel, Firefunction, Cohere, None];

    /// <summary>Finds a format by its name, as a command line gives it: <c>hermes</c>, <c>llama3</c>, <c>none</c>, …</summary>
    /// <exception cref="ArgumentException">There is no format of that name; the message lists those there are.</exception>
    public static ToolCallFormat Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(format => string.Equals(format.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException(
                $"There is no tool-call format '{name}'. Known are {string.Join(", ", All.Select(static format => format.Name))}.", nameof(name));
    }
}
