using System.Text.Json.Serialization;
using Ibke.Samples.KnowledgeMaintenanceBot.Boards;

namespace Ibke.Samples.KnowledgeMaintenanceBot.Passes;

/// <summary>What a pass came to; a line of the report.</summary>
/// <param name="Pass">Its number, from 1.</param>
/// <param name="Started">When it began.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Facts">The facts it looked at.</param>
/// <param name="IsComplete">Whether it came to its end, and nothing is to be tried again.</param>
/// <param name="EditsInForce">The number of edits in force after it.</param>
/// <param name="Unread">The sources that could not be read, with the reason.</param>
/// <param name="Found">The facts about which something was found, as they are after it.</param>
internal sealed record PassReport(
    int Pass,
    DateTimeOffset Started,
    double Seconds,
    int Facts,
    bool IsComplete,
    int EditsInForce,
    IReadOnlyList<string> Unread,
    IReadOnlyList<TrackedFact> Found)
{
    /// <summary>Whether the model says what the sources say, and all of them were read.</summary>
    public bool IsClean => IsComplete && Unread.Count == 0 && Found.All(fact => fact.IsDone);

    /// <summary>In one line.</summary>
    [JsonIgnore]
    public string Summary
    {
        get
        {
            string[] kinds = [.. Found.GroupBy(fact => fact.Status).OrderBy(kind => kind.Key).Select(kind => $"{kind.Count()} {kind.Key.ToString().ToLowerInvariant()}")];
            string found = kinds.Length == 0 ? IsComplete ? "all as the sources say" : "nothing found so far" : string.Join(", ", kinds);
            return $"pass {Pass}{(IsComplete ? "" : ", not complete")}: {Facts} fact{(Facts == 1 ? "" : "s")} in {Seconds:0.00} s: {found}";
        }
    }
}
