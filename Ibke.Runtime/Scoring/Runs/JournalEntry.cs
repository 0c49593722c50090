using System.Text.Json.Serialization;

namespace Ibke.Runtime.Scoring.Runs;

/// <summary>A line of the journal: a step of a run that need not be done again.</summary>
[JsonDerivedType(typeof(RunIdentity), "run")]
[JsonDerivedType(typeof(BaseReplies), "base")]
[JsonDerivedType(typeof(TuningEntry), "trial")]
[JsonDerivedType(typeof(CaseScore), "case")]
[JsonDerivedType(typeof(GroupScore), "group")]
internal abstract record JournalEntry;

/// <summary>What a run is about; the first line. Another run cannot go on with its journal.</summary>
/// <param name="Model">SHA-256 of the model's weights.</param>
/// <param name="Editor">SHA-256 of the trained editor; null for none.</param>
/// <param name="Cases">SHA-256 of the cases.</param>
/// <param name="Skills">SHA-256 of the tool conversations; null for none.</param>
/// <param name="Tuning">SHA-256 of the validation cases; null for none.</param>
/// <param name="Training">SHA-256 of the cases that methods are trained on; null for none.</param>
/// <param name="Text">SHA-256 of the reference text; null for that of the model's card.</param>
internal sealed record RunIdentity(
    string Model, string? Editor, string Cases, string? Skills, string? Tuning, string? Training, string? Text = null) : JournalEntry;

/// <summary>What the unedited model says to the neighbours of a case.</summary>
/// <param name="Set">Which cases are meant.</param>
/// <param name="Case">The case's place among them.</param>
/// <param name="Replies">In the order of the neighbours.</param>
internal sealed record BaseReplies(CaseSet Set, int Case, IReadOnlyList<Replies.Reply> Replies) : JournalEntry;

/// <summary>The cases that something is about.</summary>
internal enum CaseSet
{
    /// <summary>Those that are scored.</summary>
    Scored,

    /// <summary>Those that methods are tuned on.</summary>
    Validation,
}

/// <summary>A setting that was tried.</summary>
/// <param name="Trial">What it reached.</param>
internal sealed record TuningEntry(TuningTrial Trial) : JournalEntry;

/// <summary>Edits that are in force together.</summary>
/// <param name="Method">The method.</param>
/// <param name="Edits">The number in force.</param>
/// <param name="Group">The place of the group among those of that number: it holds the cases from Group × Edits on.</param>
internal readonly record struct GroupKey(string Method, int Edits, int Group);

/// <summary>How the questions of one case were answered.</summary>
/// <param name="Key">What was in force.</param>
/// <param name="Case">The case's place.</param>
/// <param name="Questions">Those that were asked.</param>
/// <param name="Excluded">Neighbours left out because another edit in force changes what they ask.</param>
/// <param name="Failures">Some of the wrong answers, to be read.</param>
internal sealed record CaseScore(
    GroupKey Key, int Case, IReadOnlyList<QuestionScore> Questions, int Excluded, IReadOnlyList<FailedAnswer> Failures) : JournalEntry;

/// <summary>How one question was answered.</summary>
/// <param name="Panel">What it tells.</param>
/// <param name="Kind">The sort of question.</param>
/// <param name="Right">Whether free generation gave the whole answer and its end.</param>
/// <param name="TokensRight">Tokens right under teacher forcing, the end included.</param>
/// <param name="Tokens">All tokens of the answer, the end included.</param>
/// <param name="Unknown">Whether the unedited model says that it does not know.</param>
internal sealed record QuestionScore(Panel Panel, string Kind, bool Right, int TokensRight, int Tokens, bool Unknown = false);

/// <summary>What was measured of a group as a whole; written once all its cases have been asked.</summary>
/// <param name="Key">What was in force.</param>
/// <param name="Seconds">The time that computing the edits took.</param>
/// <param name="Bytes">The bytes that they take.</param>
/// <param name="DriftSum">KL divergence from the unedited model on ordinary text, summed, nats.</param>
/// <param name="DriftTokens">The tokens of that text.</param>
/// <param name="Speed">Decode speed; null where it was not measured.</param>
/// <param name="Reverted">Whether the model was the same to the bit after all edits were taken back; null where it was not looked at.</param>
/// <param name="Skills">Tool conversations; null where they were not asked.</param>
/// <param name="Problem">Why the method could not make these edits; null where it could.</param>
internal sealed record GroupScore(
    GroupKey Key,
    double Seconds,
    long Bytes,
    double DriftSum,
    int DriftTokens,
    Measures.DecodeRate? Speed = null,
    bool? Reverted = null,
    IReadOnlyList<SkillScore>? Skills = null,
    string? Problem = null) : JournalEntry;
