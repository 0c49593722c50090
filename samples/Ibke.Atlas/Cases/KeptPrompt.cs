namespace Ibke.Atlas.Cases;

/// <summary>A question whose answer an edit must leave as it is.</summary>
/// <param name="Prompt">The question, or the beginning of a sentence.</param>
/// <param name="Kind">How near it is to the edit.</param>
/// <param name="Form"><c>chat</c> or <c>cloze</c>.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Relation">What it asks for.</param>
/// <param name="Answer">What a model that knows the world answers.</param>
internal sealed record KeptPrompt(string Prompt, string Kind, string Form, string Subject, string Relation, string Answer);
