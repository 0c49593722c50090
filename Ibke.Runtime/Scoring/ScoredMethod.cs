using Ibke.Runtime.Editing.Methods;

namespace Ibke.Runtime.Scoring;

/// <summary>A method that is scored, with the settings among which validation cases choose.</summary>
/// <param name="Name">Short, for tables.</param>
/// <param name="Choices">At least one; the first is used where nothing is tuned. What they make is disposed where it can be.</param>
public sealed record ScoredMethod(string Name, IReadOnlyList<EditMethodChoice> Choices);
