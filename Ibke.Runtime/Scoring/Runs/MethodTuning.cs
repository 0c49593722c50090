using System.Diagnostics;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Scoring.Questions;

namespace Ibke.Runtime.Scoring.Runs;

/// <summary>Chooses a method's setting on validation cases: each candidate in its order, until the time is used up; the best sum of the three scores wins.</summary>
internal sealed class MethodTuning(CaseBank cases, CaseAsker asker, Editing.ModelCard card, ScoreJournal journal, TimeSpan budget)
{
    // The numbers of edits in force at which settings are tried: some that are best for few edits break down under many.
    private static readonly int[] _sizes = [10, 50];

    /// <summary>The best candidate, and what was tried. With one candidate or no validation cases nothing is tried.</summary>
    public (EditMethodChoice Best, IReadOnlyList<TuningTrial> Trials) Choose(ScoredMethod method, Action<string> progress, CancellationToken cancellationToken)
    {
        if (cases.Count == 0 || method.Choices.Count == 1)
        {
            return (method.Choices[0], []);
        }

        Dictionary<string, TuningTrial> trials = journal.Entries.OfType<TuningEntry>()
            .Select(entry => entry.Trial)
            .Where(trial => trial.Method == method.Name)
            .ToDictionary(trial => trial.Settings);
        foreach (EditMethodChoice candidate in method.Choices)
        {
            if (trials.Values.Sum(trial => trial.Seconds) >= budget.TotalSeconds && trials.Count > 0)
            {
                break;
            }

            if (!trials.ContainsKey(candidate.Settings))
            {
                progress(candidate.Settings);
                TuningTrial trial = Try(method.Name, candidate, cancellationToken);
                journal.Add(new TuningEntry(trial));
                trials[candidate.Settings] = trial;
            }
        }

        EditMethodChoice best = method.Choices
            .Where(candidate => trials.ContainsKey(candidate.Settings))
            .MaxBy(candidate => trials[candidate.Settings].Sum)!;
        return (best, [.. method.Choices.Where(candidate => trials.ContainsKey(candidate.Settings)).Select(candidate => trials[candidate.Settings])]);
    }

    private TuningTrial Try(string name, EditMethodChoice candidate, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        IEditMethod method = candidate.Create();
        using IDisposable? owned = method as IDisposable;
        List<QuestionScore>[] answers = [.. _sizes.Select(size => Math.Min(size, cases.Count)).Distinct()
            .Select(size => TryGroup(method, new GroupKey(name, size, 0), cancellationToken))];
        double Share(Panel panel) => answers.Average(own => MethodTuning.Share(own, panel));
        return new TuningTrial(
            name,
            candidate.Settings,
            Share(Panel.Reliability),
            Share(Panel.Generality),
            Share(Panel.Locality),
            Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    // A setting under which a method breaks down scores nothing.
    private List<QuestionScore> TryGroup(IEditMethod method, GroupKey key, CancellationToken cancellationToken)
    {
        IReadOnlyList<EditCase> sources = cases.Sources(key.Group * key.Edits, key.Edits);
        try
        {
            using EditsInForce edits = method.Apply([.. sources.Select(source => source.ToRequest())], cancellationToken);
            PreparedCase[] asked = [.. Enumerable.Range(key.Group * key.Edits, key.Edits).Select(place => cases[place])];
            return [.. asker.Ask(key, edits, new ChangedFacts(card, sources), asked, quota: null, cancellationToken).SelectMany(score => score.Questions)];
        }
        catch (ArithmeticException)
        {
            return [];
        }
    }

    private static double Share(IEnumerable<QuestionScore> answers, Panel panel)
    {
        QuestionScore[] own = [.. answers.Where(answer => answer.Panel == panel)];
        return own.Length == 0 ? 0 : (double)own.Count(answer => answer.Right) / own.Length;
    }
}
