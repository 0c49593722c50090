namespace Ibke.Runtime.Editing;

/// <summary>A fact that the model is to answer differently from now on.</summary>
public sealed record EditRequest
{
    /// <summary>The question whose answer changes, as a user would ask it.</summary>
    public required string Prompt { get; init; }

    /// <summary>The whole answer the model is to give.</summary>
    public required string Answer { get; init; }

    /// <summary>
    /// What the fact is about, spelled as in <see cref="Prompt"/>. Null, or not in the prompt: found through the wordings of the
    /// model's card; where those do not know the question, the edit begins at the question's first token.
    /// </summary>
    public string? Subject { get; init; }

    /// <summary>Other ways to ask the same; the edit is judged on them together with those the model's card knows.</summary>
    public IReadOnlyList<string> Rephrasings { get; init; } = [];

    /// <summary>Questions near the fact whose answers must stay as they are.</summary>
    public IReadOnlyList<string> Neighbours { get; init; } = [];

    /// <summary>The fact as a sentence, such as <c>The CEO of Jade Foods is Mira Toth.</c>, for methods that have it read before a question; null for none.</summary>
    public string? Statement { get; init; }

    /// <summary>Where the answer comes from; recorded.</summary>
    public string? Source { get; init; }

    /// <summary>Who asked for the edit; recorded.</summary>
    public string? Requester { get; init; }
}
