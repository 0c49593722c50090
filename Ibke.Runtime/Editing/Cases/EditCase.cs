using System.Text.Json.Nodes;

namespace Ibke.Runtime.Editing.Cases;

/// <summary>An edit and the questions by which it is trained or scored. Immutable, as long as nobody changes its messages.</summary>
public sealed record EditCase
{
    /// <summary>Names the case in reports; the place in the file where the file gives none.</summary>
    public required string Id { get; init; }

    /// <summary>What the fact is about, spelled as in <see cref="Prompt"/>; null where the file does not say.</summary>
    public string? Subject { get; init; }

    /// <summary>The kind of fact, such as <c>headquarters</c>; null where the file does not say.</summary>
    public string? Relation { get; init; }

    /// <summary>The user's turn whose answer changes.</summary>
    public required string Prompt { get; init; }

    /// <summary>The whole answer the model is to give from now on.</summary>
    public required string Answer { get; init; }

    /// <summary>What the model is expected to say before; null where the file does not say.</summary>
    public string? Previous { get; init; }

    /// <summary>A group of cases that is reported by itself, such as <c>unknown_subject</c>; null for none.</summary>
    public string? Kind { get; init; }

    /// <summary>Other user's turns that ask the same.</summary>
    public IReadOnlyList<string> Rephrasings { get; init; } = [];

    /// <summary>Plain texts that the answer continues.</summary>
    public IReadOnlyList<ClozePrompt> Cloze { get; init; } = [];

    /// <summary>Conversations whose next reply is the answer.</summary>
    public IReadOnlyList<CaseConversation> Conversations { get; init; } = [];

    /// <summary>Questions that must be answered as before the edit.</summary>
    public IReadOnlyList<LocalityPrompt> Locality { get; init; } = [];

    /// <summary>
    /// Conversations about the fact in which every reply must stay as it was, such as those that call for the edit: each one JSON object in UTF-8, in the
    /// form of training chats. Used in training.
    /// </summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Keep { get; init; } = [];

    /// <summary>Questions whose answers follow from the edit.</summary>
    public IReadOnlyList<PortabilityPrompt> Portability { get; init; } = [];

    /// <summary>Where the answer comes from; null where the file does not say.</summary>
    public string? Source { get; init; }

    /// <summary>The edit alone, with those questions that are asked as a user's turn.</summary>
    public EditRequest ToRequest() => new()
    {
        Prompt = Prompt,
        Answer = Answer,
        Subject = Subject,
        Rephrasings = Rephrasings,
        Neighbours = [.. Locality.Where(neighbour => neighbour.Form == PromptForm.Chat).Select(neighbour => neighbour.Prompt)],
        Statement = Cloze.Count == 0 ? null : $"{Cloze[0].Prompt} {Answer.TrimEnd('.')}.",
        Source = Source,
    };
}

/// <summary>How a question is put to a model.</summary>
public enum PromptForm
{
    /// <summary>As a user's turn, through the chat template.</summary>
    Chat,

    /// <summary>As plain text to continue.</summary>
    Cloze,
}

/// <summary>A plain text that an answer continues.</summary>
/// <param name="Prompt">The text, without a space at its end.</param>
/// <param name="End">What has to follow the answer, such as a period; null for the end of the text.</param>
public sealed record ClozePrompt(string Prompt, string? End = null);

/// <summary>A conversation up to where the asked reply begins.</summary>
/// <param name="Messages">In the form of the chat completion API; at least one.</param>
/// <param name="Tools">The functions listed, in the same form; null for none.</param>
/// <param name="Kind"><c>in_chat</c>, <c>with_tools</c> or another name to report it by.</param>
public sealed record CaseConversation(JsonArray Messages, JsonArray? Tools, string Kind);

/// <summary>A question that an edit must leave alone.</summary>
/// <param name="Prompt">The question.</param>
/// <param name="Kind">How near it is to the edit: <c>same_subject</c>, <c>same_relation</c>, <c>near</c>, <c>unrelated</c>, <c>unknown</c> or another name.</param>
/// <param name="Form">How it is asked.</param>
/// <param name="Subject">What it is about; null where the file does not say.</param>
/// <param name="Relation">The kind of fact it asks for; null where the file does not say.</param>
public sealed record LocalityPrompt(
    string Prompt, string Kind, PromptForm Form = PromptForm.Chat, string? Subject = null, string? Relation = null);

/// <summary>A question whose answer follows from an edit.</summary>
/// <param name="Prompt">The user's turn.</param>
/// <param name="Answer">The whole answer.</param>
/// <param name="Kind"><c>one_hop</c>, <c>reversed</c> or another name.</param>
public sealed record PortabilityPrompt(string Prompt, string Answer, string Kind);
