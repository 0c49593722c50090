using Ibke.Runtime.Editing;

namespace Ibke.Runtime.Training.Editors;

/// <summary>The edits of a training step, which are in force together, and the prompts that they are scored on.</summary>
/// <param name="Facts">What each edit changes.</param>
/// <param name="Texts">What each edit is computed on.</param>
/// <param name="Prompts">Everything that is scored.</param>
internal sealed record EditGroup(IReadOnlyList<EditedFact> Facts, IReadOnlyList<EditText> Texts, IReadOnlyList<ScoredPrompt> Prompts);
