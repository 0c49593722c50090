namespace Ibke.Atlas.Conversations;

/// <summary>A function as it is listed to the model.</summary>
/// <param name="Name">With its prefix.</param>
/// <param name="Description">What it does.</param>
/// <param name="Parameters">The names of its arguments.</param>
public sealed record ListedFunction(string Name, string Description, IReadOnlyList<string> Parameters);
