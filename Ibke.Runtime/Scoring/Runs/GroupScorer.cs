using Ibke.Runtime.Editing;
using Ibke.Runtime.Editing.Cases;
using Ibke.Runtime.Editing.Methods;
using Ibke.Runtime.Models;
using Ibke.Runtime.Scoring.Measures;
using Ibke.Runtime.Scoring.Skills;
using Ibke.Runtime.Scoring.Questions;

namespace Ibke.Runtime.Scoring.Runs;

/// <summary>Puts the edits of a group in force, asks the questions of all its cases, and measures what the edits cost.</summary>
internal sealed class GroupScorer(
    LanguageModel model, ModelCard card, CaseBank cases, CaseAsker asker, TextDrift drift, RevertCheck revert, SkillSuite? skills, ScoreJournal journal)
{
    private const int CasesAtOnce = 16;

    private readonly HashSet<(GroupKey, int)> _asked = [.. journal.Entries.OfType<CaseScore>().Select(score => (score.Key, score.Case))];
    private readonly HashSet<GroupKey> _done = [.. journal.Entries.OfType<GroupScore>().Select(score => score.Key)];
    private readonly FailureQuota _quota = new(journal.Entries);

    /// <summary>Whether a group has been scored as a whole.</summary>
    public bool IsDone(GroupKey key) => _done.Contains(key);

    /// <summary>Scores a group as far as that has not been done; what is done is in the journal at once.</summary>
    public void Score(IEditMethod method, GroupKey key, Action<string> progress, CancellationToken cancellationToken)
    {
        int first = key.Group * key.Edits;
        IReadOnlyList<EditCase> sources = cases.Sources(first, key.Edits);
        progress($"computing {key.Edits} edits");
        EditsInForce? edits = Apply(method, key, sources, cancellationToken);
        if (edits is null)
        {
            return;
        }

        using (edits)
        {
            if (asker.Problem(edits, Enumerable.Range(first, key.Edits).Select(place => cases[place])) is { } problem)
            {
                Finish(new GroupScore(key, 0, 0, 0, 0, Problem: problem));
                return;
            }

            ChangedFacts changed = new(card, sources);
            int[] missing = [.. Enumerable.Range(first, key.Edits).Where(place => !_asked.Contains((key, place)))];
            foreach (int[] places in missing.Chunk(CasesAtOnce))
            {
                progress($"asking case {places[0] - first + 1} of {key.Edits}");
                foreach (CaseScore score in asker.Ask(key, edits, changed, [.. places.Select(place => cases[place])], _quota, cancellationToken))
                {
                    journal.Add(score);
                }
            }

            progress("measuring drift, speed and skills");
            Finish(Measure(key, edits, [.. changed.Subjects], cancellationToken));
        }
    }

    // A method that breaks down on some edits is reported as that; the others go on.
    private EditsInForce? Apply(IEditMethod method, GroupKey key, IReadOnlyList<EditCase> sources, CancellationToken cancellationToken)
    {
        try
        {
            return method.Apply([.. sources.Select(source => source.ToRequest())], cancellationToken);
        }
        catch (ArithmeticException e)
        {
            Finish(new GroupScore(key, 0, 0, 0, 0, Problem: e.Message));
            return null;
        }
    }

    // What the first group tells holds for the others of its number.
    private GroupScore Measure(GroupKey key, EditsInForce edits, IReadOnlyList<string> subjects, CancellationToken cancellationToken)
    {
        Drift moved = drift.Measure(edits, subjects, cancellationToken);
        GroupScore score = new(key, edits.Elapsed.TotalSeconds, edits.Bytes, moved.Sum, moved.Tokens);
        return key.Group > 0 ? score : score with
        {
            Speed = DecodeSpeed.Measure(model, edits.Version, cancellationToken),
            Reverted = revert.Holds(edits),
            Skills = skills?.Measure(edits, subjects, cancellationToken),
        };
    }

    private void Finish(GroupScore score)
    {
        journal.Add(score);
        _done.Add(score.Key);
    }
}
