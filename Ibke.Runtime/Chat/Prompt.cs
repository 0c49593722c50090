namespace Ibke.Runtime.Chat;

/// <summary>What a model is given to go on with.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="IsInThoughts">Whether the model goes on thinking: the template has opened its thoughts.</param>
/// <param name="IsInLine">Whether the reply goes on in a line of the prompt, so that the space it begins with is none of it.</param>
internal readonly record struct Prompt(IReadOnlyList<int> Ids, bool IsInThoughts = false, bool IsInLine = false);
