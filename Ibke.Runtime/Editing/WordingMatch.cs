namespace Ibke.Runtime.Editing;

/// <summary>A question read as one of the wordings of a model's card.</summary>
/// <param name="Group">The number of the group of wordings, from 0.</param>
/// <param name="Subject">What stands in the place of <c>{s}</c>, spelled as in the question.</param>
public sealed record WordingMatch(int Group, string Subject);
