namespace Ibke.Runtime.Training.Editors;

/// <summary>How the training of an editor goes.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps to do.</param>
/// <param name="Losses">Their running mean; before the first step null.</param>
/// <param name="RateFactor">The learning rate, in parts of its peak.</param>
/// <param name="SecondsPerStep">Of the steps since this process began.</param>
/// <param name="TimeLeft">At that rate.</param>
/// <param name="Scores">Of held-out edits, where they were looked at just now; else null.</param>
/// <param name="Note">What was done, where it was no step; else null.</param>
public sealed record EditorTrainingProgress(
    int Step,
    int Steps,
    EditorLosses? Losses,
    double RateFactor,
    double SecondsPerStep,
    TimeSpan TimeLeft,
    EditorScores? Scores = null,
    string? Note = null);
