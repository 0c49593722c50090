using System.Runtime.InteropServices;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring.Runs;

namespace Ibke.Runtime.Scoring.Reports;

/// <summary>Adds up what a journal holds.</summary>
internal static class ReportBuilder
{
    /// <summary>The report of some methods and groups.</summary>
    /// <param name="model">The model.</param>
    /// <param name="settings">What was scored.</param>
    /// <param name="cases">The cases of different facts.</param>
    /// <param name="methods">The methods.</param>
    /// <param name="groups">The groups, by number of edits.</param>
    /// <param name="entries">The journal; what belongs to other methods or groups is passed over.</param>
    public static ScoreReport Build(
        LanguageModel model,
        ScoreSettings settings,
        IReadOnlyList<EditCase> cases,
        IReadOnlyList<TunedMethod> methods,
        IReadOnlyList<(int Edits, int Group)> groups,
        IReadOnlyList<JournalEntry> entries)
    {
        string editor = Path.TrimEndingDirectorySeparator(Path.GetFullPath(settings.EditorFolder ?? model.Folder));
        ReportSubject about = new(
            model.Id,
            model.ContentHash,
            Path.GetFileName(editor),
            cases.Count,
            settings.Validation.Count,
            settings.TuningBudget,
            settings.Sample,
            $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}");
        ILookup<(string, int), CaseScore> asked = Wanted(entries.OfType<CaseScore>(), score => score.Key, groups);
        ILookup<(string, int), GroupScore> measured = Wanted(entries.OfType<GroupScore>(), score => score.Key, groups);
        return new ScoreReport(about, methods, [.. methods.SelectMany(
            _ => groups.Select(group => group.Edits).Distinct(),
            (method, edits) => Total(method.Name, edits, cases, [.. asked[(method.Name, edits)]], [.. measured[(method.Name, edits)]]))]);
    }

    private static ILookup<(string, int), T> Wanted<T>(IEnumerable<T> entries, Func<T, GroupKey> key, IReadOnlyList<(int Edits, int Group)> groups)
    {
        HashSet<(int, int)> wanted = [.. groups];
        return entries.Where(entry => wanted.Contains((key(entry).Edits, key(entry).Group))).ToLookup(entry => (key(entry).Method, key(entry).Edits));
    }

    private static MethodScore Total(string method, int edits, IReadOnlyList<EditCase> cases, CaseScore[] asked, GroupScore[] measured)
    {
        QuestionScore[] questions = [.. asked.SelectMany(score => score.Questions)];
        GroupScore[] made = [.. measured.Where(group => group.Problem is null)];
        GroupScore? first = made.FirstOrDefault(group => group.Speed is not null);
        return new MethodScore
        {
            Method = method,
            Edits = edits,
            Groups = made.Length,
            Scores = ByPanel(questions),
            ByKind = questions.GroupBy(question => question.Panel).OrderBy(panel => panel.Key).ToDictionary(
                panel => panel.Key, panel => (IReadOnlyDictionary<string, Proportion>)panel.GroupBy(question => question.Kind).ToDictionary(kind => kind.Key, Count)),
            ByCaseKind = asked.Where(score => cases[score.Case].Kind is not null)
                .GroupBy(score => cases[score.Case].Kind!)
                .ToDictionary(kind => kind.Key, kind => (IReadOnlyDictionary<Panel, Proportion>)ByPanel(kind.SelectMany(score => score.Questions))),
            TeacherForced = questions.GroupBy(question => question.Panel).OrderBy(panel => panel.Key).ToDictionary(
                panel => panel.Key, panel => new Proportion(panel.Sum(question => question.TokensRight), panel.Sum(question => question.Tokens))),
            Abstention = Count(questions.Where(question => question.Unknown)),
            Excluded = asked.Sum(score => score.Excluded),
            Drift = made.Sum(group => group.DriftSum) / made.Sum(group => group.DriftTokens),
            SecondsPerEdit = made.Sum(group => group.Seconds) / (made.Length * edits),
            BytesPerEdit = (double)made.Sum(group => group.Bytes) / (made.Length * edits),
            UneditedTokensPerSecond = first?.Speed?.Unedited ?? double.NaN,
            TokensPerSecond = first?.Speed?.Edited ?? double.NaN,
            Reverted = first?.Reverted,
            Skills = first?.Skills ?? [],
            Failures = [.. asked.SelectMany(score => score.Failures, (score, wrong) =>
                new CaseFailure(cases[score.Case].Id, cases[score.Case].Prompt, cases[score.Case].Answer, wrong))],
            Problem = measured.FirstOrDefault(group => group.Problem is not null)?.Problem,
        };
    }

    private static Dictionary<Panel, Proportion> ByPanel(IEnumerable<QuestionScore> questions) =>
        questions.GroupBy(question => question.Panel).OrderBy(panel => panel.Key).ToDictionary(panel => panel.Key, Count);

    private static Proportion Count(IEnumerable<QuestionScore> questions) =>
        questions.Aggregate(default(Proportion), (sum, question) => sum + new Proportion(question.Right ? 1 : 0, 1));
}
