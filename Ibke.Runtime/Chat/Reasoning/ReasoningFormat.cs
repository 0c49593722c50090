using Ibke.Runtime.Templates;

namespace Ibke.Runtime.Chat.Reasoning;

/// <summary>How a model marks what it thinks before it answers.</summary>
/// <param name="Open">Before the thoughts; often written by the template already.</param>
/// <param name="Close">Behind them.</param>
/// <param name="AnswerOpen">Before the answer, where the answer is marked too.</param>
/// <param name="AnswerClose">Behind the answer.</param>
internal sealed record ReasoningFormat(string Open, string Close, string AnswerOpen = "", string AnswerClose = "")
{
    private static readonly ReasoningFormat[] _known =
    [
        new("<think>", "</think>", "<response>", "</response>"), // Granite 3
        new("<think>", "</think>"), // Qwen 3, DeepSeek R1, SmolLM3, GLM, Nemotron
        new("<seed:think>", "</seed:think>"), // Seed-OSS
        new("[THINK]", "[/THINK]"), // Magistral
        new("<|inner_prefix|>", "<|inner_suffix|>"), // Apertus
        new("<|channel>thought", "<channel|>"), // Gemma 4
        new("<|START_THINKING|>", "<|END_THINKING|>", "<|START_RESPONSE|>", "<|END_RESPONSE|>"), // Command R7B, Command A
    ];

    /// <summary>All marks, which may be tokens of their own.</summary>
    public IEnumerable<string> Marks => new[] { Open, Close, AnswerOpen, AnswerClose }.Where(static mark => mark.Length > 0);

    /// <summary>The form whose marks a template names, or null where it names none.</summary>
    public static ReasoningFormat? Find(ChatTemplate template) => _known.FirstOrDefault(format =>
        Names(template, format.Open, format.Close) && (format.AnswerOpen.Length == 0 || Names(template, format.AnswerOpen)));

    /// <summary>Whether a prompt leaves off where the model goes on thinking.</summary>
    public bool IsOpenAtEndOf(string prompt) => prompt.AsSpan().TrimEnd().EndsWith(Open, StringComparison.Ordinal);

    private static bool Names(ChatTemplate template, params string[] marks) =>
        marks.Any(mark => template.Source.Contains(mark, StringComparison.Ordinal));
}
