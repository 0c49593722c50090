using Ibke.Runtime.Editing.Cases;

namespace Ibke.Runtime.Scoring;

/// <summary>What is scored, and on what.</summary>
public sealed record ScoreSettings
{
    /// <summary>The cases, in order: with n edits in force, the first n. Of those that edit the same fact the first counts.</summary>
    public required IReadOnlyList<EditCase> Cases { get; init; }

    /// <summary>The folder for the journal; made where it is missing. A run of the same model and cases that ended early goes on there.</summary>
    public required string Folder { get; init; }

    /// <summary>The numbers of edits in force. At least one, each from 1 to the number of cases.</summary>
    public IReadOnlyList<int> Edits { get; init; } = [1, 10, 50, 150];

    /// <summary>
    /// Numbers below this one are asked of several groups of cases, as many as it holds: of 150 cases, 150 by themselves, 15 groups of 10, 3 of
    /// 50. At least 1, default 150.
    /// </summary>
    public int Sample { get; init; } = 150;

    /// <summary>The folder of the trained editor, for the identity of the run; null for the model's own, if it has one.</summary>
    public string? EditorFolder { get; init; }

    /// <summary>Files of conversations with tools, and of texts, whose replies are asked for before and after, as training documents.</summary>
    public IReadOnlyList<string> SkillFiles { get; init; } = [];

    /// <summary>The cases that settings are chosen on, none of those scored; empty for none: then each method has its first setting.</summary>
    public IReadOnlyList<EditCase> Validation { get; init; } = [];

    /// <summary>The cases that methods are trained on which need it, none of those scored, for the identity of the run; empty for none.</summary>
    public IReadOnlyList<EditCase> Training { get; init; } = [];

    /// <summary>The files of the methods' reference text, for the identity of the run; empty for what the model's card says.</summary>
    public IReadOnlyList<string> TextFiles { get; init; } = [];

    /// <summary>The time that a method may spend on trying settings; the trial under way is finished. Default 10 minutes.</summary>
    public TimeSpan TuningBudget { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The most tokens of a reply, its end included. Default 64.</summary>
    public int MaximumReplyTokens { get; init; } = 64;

    internal ScoreSettings Validate()
    {
        if (Cases.Count == 0 || Edits.Count == 0)
        {
            throw new ScoreException("There is nothing to score: give at least one case and one number of edits.");
        }

        if (Edits.FirstOrDefault(count => count < 1, 1) is var low and < 1)
        {
            throw new ScoreException($"{low} edits cannot be in force; give numbers from 1.");
        }

        HashSet<string> scored = [.. Cases.Select(item => item.Prompt)];
        RefuseScored(Validation, "tuned");
        RefuseScored(Training, "trained");
        ArgumentOutOfRangeException.ThrowIfLessThan(Sample, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumReplyTokens, 1);
        return this;

        void RefuseScored(IReadOnlyList<EditCase> others, string used)
        {
            EditCase[] both = [.. others.Where(item => scored.Contains(item.Prompt))];
            if (both.Length > 0)
            {
                throw new ScoreException($"{both.Length} of the cases that methods are {used} on are scored too, '{both[0].Prompt}' first. Give others, or scores come out too high.");
            }
        }
    }
}
