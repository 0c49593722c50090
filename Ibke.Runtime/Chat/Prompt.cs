namespace Ibke.Runtime.Chat;

/// <summary>What a model is given to go on with.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="IsInThoughts">Whether the model goes on thinking: the template has opened its thoughts.</param>
internal readonly record struct Prompt(IReadOnlyList<int> Ids, bool IsInThoughts);
