namespace Ibke.Atlas.Conversations;

/// <summary>A call of a function.</summary>
/// <param name="Name">The name as it is listed.</param>
/// <param name="Arguments">Its arguments, in order.</param>
public sealed record FunctionCall(string Name, IReadOnlyList<(string Name, string Value)> Arguments);
