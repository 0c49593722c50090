namespace Ibke.Runtime.Training.Editors;

/// <summary>What a part of a training step teaches.</summary>
internal enum PromptRole
{
    /// <summary>The edit's own prompt gives the new answer.</summary>
    Edit,

    /// <summary>Other wordings give it.</summary>
    Rephrasing,

    /// <summary>A question at the end of a conversation gives it.</summary>
    Conversation,

    /// <summary>An unrelated question is answered as by the base model.</summary>
    Locality,

    /// <summary>An unrelated conversation goes as with the base model.</summary>
    KeptConversation,
}

/// <summary>A sequence, and the tokens in it that are looked at.</summary>
/// <param name="Role">What it teaches.</param>
/// <param name="Inputs">The tokens that go into the model.</param>
/// <param name="Rows">The rows of <paramref name="Inputs"/> that predict <paramref name="Targets"/>.</param>
/// <param name="Targets">The wanted tokens; those of the base model where they must stay.</param>
internal sealed record ScoredPrompt(PromptRole Role, int[] Inputs, int[] Rows, int[] Targets)
{
    /// <summary>A reply after a prompt.</summary>
    public static ScoredPrompt Of(PromptRole role, IReadOnlyList<int> prompt, IReadOnlyList<int> reply) => new(
        role, [.. prompt, .. reply.SkipLast(1)], [.. Enumerable.Range(prompt.Count - 1, reply.Count)], [.. reply]);

    /// <summary>Whether its targets are given, rather than what the base model predicts.</summary>
    public bool IsTaught => Role is PromptRole.Edit or PromptRole.Rephrasing or PromptRole.Conversation;
}
