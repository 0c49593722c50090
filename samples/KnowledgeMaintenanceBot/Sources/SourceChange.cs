namespace Ibke.Samples.KnowledgeMaintenanceBot.Sources;

/// <summary>What reading a source came to.</summary>
/// <param name="Questions">The questions whose answers are new or other than before, and those that are gone.</param>
/// <param name="IsFirst">Whether it was read for the first time.</param>
internal sealed record SourceChange(IReadOnlyList<string> Questions, bool IsFirst);
