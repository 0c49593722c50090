namespace Ibke.Runtime.Scoring;

/// <summary>Where a run stands.</summary>
/// <param name="Step">What is being done, for people.</param>
/// <param name="Done">Groups of edits whose questions have all been asked.</param>
/// <param name="Total">All groups.</param>
public readonly record struct ScoreProgress(string Step, int Done, int Total);
