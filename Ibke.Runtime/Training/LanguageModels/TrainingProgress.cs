namespace Ibke.Runtime.Training.LanguageModels;

/// <summary>How training went over the last steps.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps to do.</param>
/// <param name="Loss">Mean loss of the steps, each Σ weight · −log p / Σ weight.</param>
/// <param name="GradientNorm">Mean norm of all gradients together, before clipping.</param>
/// <param name="RightReplies">
/// For each file the share of replies of which every token was the likeliest one; a reply is what is learned in one go. Measured before the step
/// that learns it.
/// </param>
/// <param name="CopyingLoss">Mean −log p of the tokens of copying rows; null where there were none.</param>
/// <param name="RateFactor">Factor of the learning rates at the last step.</param>
/// <param name="TokensPerSecond">Tokens that went through the network.</param>
/// <param name="Elapsed">Time of all steps so far, that of earlier runs included.</param>
/// <param name="TimeLeft">At the speed of the last steps.</param>
public sealed record TrainingProgress(
    int Step,
    int Steps,
    double Loss,
    double GradientNorm,
    IReadOnlyDictionary<string, double> RightReplies,
    double? CopyingLoss,
    double RateFactor,
    double TokensPerSecond,
    TimeSpan Elapsed,
    TimeSpan TimeLeft);
