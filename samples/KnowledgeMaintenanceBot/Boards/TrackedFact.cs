using System.Text.Json.Serialization;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Boards;

/// <summary>A fact that the bot has found something about.</summary>
/// <param name="Key">The same for all wordings that ask for it.</param>
/// <param name="Question">The question, as the source has it.</param>
/// <param name="Said">What the model said; null where it was not asked.</param>
/// <param name="Current">What the source says; null where the sources disagree.</param>
/// <param name="Source">Which source; of a conflict, who says what.</param>
/// <param name="Status">How far the bot is with it.</param>
/// <param name="EditId">The edit, or the proposal that waits; null for none.</param>
/// <param name="Detail">Why it came to nothing, or how it was verified; null for nothing to say.</param>
internal sealed record TrackedFact(
    [property: JsonIgnore] string Key, string Question, string? Said, string? Current, string Source, FactStatus Status, string? EditId = null, string? Detail = null)
{
    /// <summary>Whether nothing is left to do: the model says what the sources say.</summary>
    [JsonIgnore]
    public bool IsDone => Status == FactStatus.Verified;
}
