namespace Ibke.Runtime.Editing;

/// <summary>How an edit was judged on a shadow version.</summary>
/// <param name="AnswerAfter">The answer to the edit's own prompt.</param>
/// <param name="Reliability">The edit's own prompt.</param>
/// <param name="Generality">Its rephrasings.</param>
/// <param name="EarlierEdits">The questions of edits in force.</param>
/// <param name="BrokenEdits">The ids of those edits whose questions fail, in the order of the failures.</param>
/// <param name="Locality">Unrelated questions.</param>
/// <param name="Drift">Divergence on ordinary text, nats a token.</param>
internal sealed record EditVerdict(
    string AnswerAfter,
    PanelScore Reliability,
    PanelScore Generality,
    PanelScore EarlierEdits,
    IReadOnlyList<string> BrokenEdits,
    PanelScore Locality,
    double Drift)
{
    /// <summary>The first check that is not passed, with the reason in words; null where all are.</summary>
    public (EditCheck Check, string Reason)? Fault(KnowledgeEditorOptions options)
    {
        if (Reliability.Score < options.MinimumReliability)
        {
            return (EditCheck.Reliability, $"reliability check failed: the model answers \"{AnswerAfter}\"");
        }

        if (Generality.Score < options.MinimumGenerality)
        {
            return (EditCheck.Generality, Describe("generality", "rephrasings are answered as wanted", Generality, options.MinimumGenerality));
        }

        if (BrokenEdits.Count > 0)
        {
            return (
                EditCheck.EarlierEdits,
                $"earlier edits check failed: {string.Join(", ", BrokenEdits)} would no longer hold; such as {Example(EarlierEdits)}");
        }

        if (Locality.Score < options.MinimumLocality)
        {
            return (EditCheck.Locality, Describe("locality", "unrelated questions are answered as before", Locality, options.MinimumLocality));
        }

        // Not a number fails as well.
        return Drift <= options.MaximumDrift
            ? null
            : (EditCheck.Drift, FormattableString.Invariant($"drift check failed: {Drift:0.####} nats a token on ordinary text, at most {options.MaximumDrift}"));
    }

    private static string Describe(string check, string what, PanelScore score, double minimum) => FormattableString.Invariant(
        $"{check} check failed: {score} {what}, at least {minimum:P0}; such as {Example(score)}");

    private static string Example(PanelScore score)
    {
        PanelFailure example = score.Failures[0];
        return $"\"{example.Question}\": \"{example.Actual}\" for \"{example.Expected}\"";
    }
}
