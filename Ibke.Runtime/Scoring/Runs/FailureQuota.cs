namespace Ibke.Runtime.Scoring.Runs;

/// <summary>Bounds the wrong answers that are written out: those of the first questions of each panel, for each method and number of edits.</summary>
/// <remarks>Generating them takes longer than finding out that they are wrong.</remarks>
internal sealed class FailureQuota
{
    private const int MostOfAPanel = 6;

    private readonly Dictionary<(string Method, int Edits, Panel Panel), int> _written = [];

    /// <summary>Counts what a journal holds already.</summary>
    public FailureQuota(IEnumerable<JournalEntry> entries)
    {
        foreach (CaseScore score in entries.OfType<CaseScore>())
        {
            foreach (FailedAnswer failure in score.Failures)
            {
                Take(score.Key, failure.Panel);
            }
        }
    }

    /// <summary>Whether there is room for another one; if so it is counted.</summary>
    public bool Take(GroupKey key, Panel panel)
    {
        int written = _written.GetValueOrDefault((key.Method, key.Edits, panel));
        _written[(key.Method, key.Edits, panel)] = Math.Min(written + 1, MostOfAPanel);
        return written < MostOfAPanel;
    }
}
