using Ibke.Runtime.Editing.Methods;

namespace Ibke.Runtime.Scoring;

/// <summary>A method that is scored, with the settings among which validation cases choose.</summary>
/// <param name="Name">Short, for tables.</param>
/// <param name="Candidates">At least one; the first is used where nothing is tuned.</param>
public sealed record ScoredMethod(string Name, IReadOnlyList<MethodCandidate> Candidates);

/// <summary>A method with one choice of its settings.</summary>
/// <param name="Settings">What they are, such as <c>layers 2–4, rate 0.01</c>; names the candidate among those of its method.</param>
/// <param name="Create">Makes the method; called at most once at a time. What it returns is disposed where it can be.</param>
public sealed record MethodCandidate(string Settings, Func<IEditMethod> Create);
