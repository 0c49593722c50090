namespace Ibke.Runtime.Scoring;

/// <summary>Replies of one sort in tool conversations, before and after the edits, on the same conversations.</summary>
/// <param name="Kind">The kind of conversation and the tag of the message.</param>
/// <param name="Before">Whole replies right of the unedited model.</param>
/// <param name="After">Whole replies right under the edits.</param>
public sealed record SkillScore(string Kind, Proportion Before, Proportion After);
