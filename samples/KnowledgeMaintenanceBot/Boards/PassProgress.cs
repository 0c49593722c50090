namespace Ibke.Samples.KnowledgeMaintenanceBot.Boards;

/// <summary>How far a pass is, or how it ended.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Done">Facts looked at.</param>
/// <param name="Facts">All facts of the pass; grows where a source changes meanwhile.</param>
/// <param name="PerSecond">Facts a second.</param>
/// <param name="Left">The time left, if it goes on like this.</param>
/// <param name="IsOver">Whether it has ended.</param>
internal sealed record PassProgress(int Number, int Done, int Facts, double PerSecond, TimeSpan Left, bool IsOver);
