namespace Ibke.Runtime.Scoring.Reports;

/// <summary>What a run found.</summary>
/// <param name="About">What was scored.</param>
/// <param name="Methods">The methods with the settings that were used, in the order of the run.</param>
/// <param name="Results">One for each method and number of edits, in this order.</param>
public sealed record ScoreReport(ReportSubject About, IReadOnlyList<TunedMethod> Methods, IReadOnlyList<MethodScore> Results);

/// <summary>What was scored.</summary>
/// <param name="Model">The name of the model's folder.</param>
/// <param name="ModelHash">SHA-256 of its weights.</param>
/// <param name="Editor">The name of the trained editor's folder.</param>
/// <param name="Cases">The number of cases, of different facts.</param>
/// <param name="ValidationCases">The number of cases that settings were chosen on.</param>
/// <param name="TuningBudget">The time for that, for each method.</param>
/// <param name="Sample">Cases that groups of fewer edits were taken from.</param>
/// <param name="Machine">Processor cores and operating system.</param>
public sealed record ReportSubject(
    string Model, string ModelHash, string Editor, int Cases, int ValidationCases, TimeSpan TuningBudget, int Sample, string Machine);

/// <summary>A method with the setting that was chosen for it.</summary>
/// <param name="Name">The method.</param>
/// <param name="Settings">The setting.</param>
/// <param name="Candidates">How many there were to choose from.</param>
/// <param name="Trials">Those that were tried within the budget.</param>
public sealed record TunedMethod(string Name, string Settings, int Candidates, IReadOnlyList<TuningTrial> Trials);

/// <summary>The scores of a method with a number of edits in force.</summary>
public sealed record MethodScore
{
    /// <summary>The method.</summary>
    public required string Method { get; init; }

    /// <summary>The number of edits in force together.</summary>
    public required int Edits { get; init; }

    /// <summary>The groups of so many edits that the scores are of.</summary>
    public required int Groups { get; init; }

    /// <summary>By panel; those that were not asked are missing.</summary>
    public required IReadOnlyDictionary<Panel, Proportion> Scores { get; init; }

    /// <summary>By panel and kind of question.</summary>
    public required IReadOnlyDictionary<Panel, IReadOnlyDictionary<string, Proportion>> ByKind { get; init; }

    /// <summary>By kind of case, for the cases that have one, and panel.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyDictionary<Panel, Proportion>> ByCaseKind { get; init; }

    /// <summary>By panel: the tokens that are right if all before them are given (teacher forcing), not answers. Intervals do not apply to them.</summary>
    public required IReadOnlyDictionary<Panel, Proportion> TeacherForced { get; init; }

    /// <summary>Of the neighbours to which the unedited model says that it does not know: those to which it still says so.</summary>
    public required Proportion Abstention { get; init; }

    /// <summary>Neighbours that were left out, because another edit in force changes what they ask.</summary>
    public required int Excluded { get; init; }

    /// <summary>KL divergence from the unedited model on ordinary text, nats a token; not a number where there is no text.</summary>
    public required double Drift { get; init; }

    /// <summary>The time that computing an edit takes.</summary>
    public required double SecondsPerEdit { get; init; }

    /// <summary>The bytes that an edit takes.</summary>
    public required double BytesPerEdit { get; init; }

    /// <summary>Tokens a second of a single reply, of the unedited model, in the same minute.</summary>
    public required double UneditedTokensPerSecond { get; init; }

    /// <summary>Tokens a second of a single reply under the edits.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Whether the model was the same to the bit after all edits were taken back.</summary>
    public required bool? Reverted { get; init; }

    /// <summary>Replies in tool conversations before and after; empty where none were asked.</summary>
    public required IReadOnlyList<SkillScore> Skills { get; init; }

    /// <summary>All replies of <see cref="Skills"/> together.</summary>
    public SkillScore AllSkills => Skills.Aggregate(
        new SkillScore("all replies", default, default), (sum, skill) => sum with { Before = sum.Before + skill.Before, After = sum.After + skill.After });

    /// <summary>Some wrong answers.</summary>
    public required IReadOnlyList<CaseFailure> Failures { get; init; }

    /// <summary>Why the method could not make some of the edits; null where it could make all.</summary>
    public string? Problem { get; init; }

    /// <summary>Reliability + generality + locality, 0 … 3; panels without questions count nothing.</summary>
    public double Sum => new[] { Panel.Reliability, Panel.Generality, Panel.Locality }.Sum(panel => Scores.TryGetValue(panel, out Proportion score) ? score.Share : 0);
}

/// <summary>A wrong answer, and the edit whose case asked for it.</summary>
/// <param name="Case">The case's id.</param>
/// <param name="Prompt">The edit's prompt.</param>
/// <param name="Answer">The edit's answer.</param>
/// <param name="Wrong">The wrong answer.</param>
public sealed record CaseFailure(string Case, string Prompt, string Answer, FailedAnswer Wrong);
