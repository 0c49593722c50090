namespace Ibke.Runtime.Editing;

/// <summary>How strictly edits are judged. Checked once, when the editor is made.</summary>
public sealed record KnowledgeEditorOptions
{
    /// <summary>The share of the edit's own prompt that must be answered as wanted: 1 demands it, 0 does not. 0 … 1, default 1.</summary>
    public double MinimumReliability { get; init; } = 1;

    /// <summary>The share of rephrasings that must be answered as wanted. 0 … 1, default 0.5. Not applied where there are none.</summary>
    public double MinimumGenerality { get; init; } = 0.5;

    /// <summary>The share of unrelated questions that must be answered as before. 0 … 1, default 0.9. Not applied where there are none.</summary>
    public double MinimumLocality { get; init; } = 0.9;

    /// <summary>The largest drift, in nats a token. 0 or more, default 0.02. Not applied where the card has no text.</summary>
    public double MaximumDrift { get; init; } = 0.02;

    /// <summary>The largest drift from the base model with all edits together, in nats a token. 0 or more, default 0.2. Not applied where the card has no text.</summary>
    public double MaximumTotalDrift { get; init; } = 0.2;

    /// <summary>The share of the card's canaries that must get the same reply as before. 0 … 1, default 1. Not applied where there are none.</summary>
    public double MinimumCanaries { get; init; } = 1;

    /// <summary>The most wordings of the card that generality is judged on; given rephrasings come on top. 0 … 10,000, default 8.</summary>
    public int GeneralityQuestions { get; init; } = 8;

    /// <summary>The most questions of the card that locality is judged on; given neighbours come on top. 0 … 10,000, default 24.</summary>
    public int LocalityQuestions { get; init; } = 24;

    /// <summary>
    /// The most edits in force of other subjects whose questions are asked again, those of the same relation first, then the newest;
    /// edits of the same subject always are. 0 … 10,000, default 64.
    /// </summary>
    public int EarlierEditQuestions { get; init; } = 64;

    /// <summary>
    /// The most tokens an answer may have while judging and verifying, its end of turn included; longer answers are cut, and an edit
    /// that wants one is refused. 1 … 4,096, default 48.
    /// </summary>
    public int MaximumAnswerTokens { get; init; } = 48;

    /// <summary>Used for the time an edit takes and the date of records. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    internal KnowledgeEditorOptions Validate()
    {
        CheckShare(MinimumReliability, nameof(MinimumReliability));
        CheckShare(MinimumGenerality, nameof(MinimumGenerality));
        CheckShare(MinimumLocality, nameof(MinimumLocality));
        CheckShare(MinimumCanaries, nameof(MinimumCanaries));
        CheckDrift(MaximumDrift, nameof(MaximumDrift));
        CheckDrift(MaximumTotalDrift, nameof(MaximumTotalDrift));

        CheckCount(GeneralityQuestions, 0, 10_000, nameof(GeneralityQuestions));
        CheckCount(LocalityQuestions, 0, 10_000, nameof(LocalityQuestions));
        CheckCount(EarlierEditQuestions, 0, 10_000, nameof(EarlierEditQuestions));
        CheckCount(MaximumAnswerTokens, 1, 4_096, nameof(MaximumAnswerTokens));
        ArgumentNullException.ThrowIfNull(Clock);
        return this;
    }

    private static void CheckShare(double value, string name)
    {
        if (!(value is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(name, value, "Must be between 0 and 1.");
        }
    }

    private static void CheckDrift(double value, string name)
    {
        if (!(value >= 0))
        {
            throw new ArgumentOutOfRangeException(name, value, "Must be 0 or more.");
        }
    }

    private static void CheckCount(int value, int low, int high, string name)
    {
        if (value < low || value > high)
        {
            throw new ArgumentOutOfRangeException(name, value, $"Must be between {low} and {high}.");
        }
    }
}
