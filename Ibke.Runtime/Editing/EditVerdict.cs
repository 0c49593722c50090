namespace Ibke.Runtime.Editing;

/// <summary>How an edit was judged on a shadow version.</summary>
/// <param name="AnswerAfter">The answer to the edit's own prompt.</param>
/// <param name="Reliability">The edit's own prompt.</param>
/// <param name="Generality">Its rephrasings.</param>
/// <param name="EarlierEdits">The questions of edits in force.</param>
/// <param name="BrokenEdits">The ids of those edits whose questions fail, in the order of the failures.</param>
/// <param name="Locality">Unrelated questions.</param>
/// <param name="Canaries">Conversations that no edit may change.</param>
/// <param name="Drift">Divergence on ordinary text from the version in force, nats a token.</param>
/// <param name="TotalDrift">Divergence from the base model.</param>
internal sealed record EditVerdict(
    string AnswerAfter,
    PanelScore Reliability,
    PanelScore Generality,
    PanelScore EarlierEdits,
    IReadOnlyList<string> BrokenEdits,
    PanelScore Locality,
    PanelScore Canaries,
    double Drift,
    double TotalDrift)
{
    /// <summary>The first check that is not passed, with the reason in words; null where all are.</summary>
    /// <remarks>What was given with the edit counts by itself as well: the many questions of a card must not outvote it.</remarks>
    public (EditCheck Check, string Reason)? Fault(EditRequest request, KnowledgeEditorOptions options)
    {
        if (Reliability.Score < options.MinimumReliability)
        {
            return (EditCheck.Reliability, $"reliability check failed: the model answers \"{AnswerAfter}\"");
        }

        if (Generality.Score < options.MinimumGenerality)
        {
            return (EditCheck.Generality, Describe("generality", "rephrasings are answered as wanted", Generality, options.MinimumGenerality));
        }

        if (Given(Generality, request.Rephrasings) is { Asked: > 0 } rephrasings && rephrasings.Score < options.MinimumGenerality)
        {
            return (EditCheck.Generality, Describe("generality", "given rephrasings are answered as wanted", rephrasings, options.MinimumGenerality));
        }

        if (BrokenEdits.Count > 0)
        {
            return (
                EditCheck.EarlierEdits,
                $"earlier edits check failed: {string.Join(", ", BrokenEdits)} would no longer hold; such as {Example(EarlierEdits)}");
        }

        if (Given(Locality, request.Neighbours) is { Failures.Count: > 0 } neighbours)
        {
            return (EditCheck.Locality, $"locality check failed: a neighbour given with the edit changed; {Example(neighbours)}");
        }

        if (Locality.Score < options.MinimumLocality)
        {
            return (EditCheck.Locality, Describe("locality", "unrelated questions are answered as before", Locality, options.MinimumLocality));
        }

        if (Canaries.Score < options.MinimumCanaries)
        {
            return (EditCheck.Canaries, Describe("canaries", "conversations get the same reply", Canaries, options.MinimumCanaries));
        }

        // Not a number fails as well.
        if (!(Drift <= options.MaximumDrift))
        {
            return (EditCheck.Drift, FormattableString.Invariant($"drift check failed: {Drift:0.####} nats a token on ordinary text, at most {options.MaximumDrift}"));
        }

        return TotalDrift <= options.MaximumTotalDrift
            ? null
            : (EditCheck.TotalDrift, FormattableString.Invariant(
                $"total drift check failed: {TotalDrift:0.####} nats a token from the base model with all edits, at most {options.MaximumTotalDrift}"));
    }

    // The part of a panel that the request brought.
    private static PanelScore Given(PanelScore panel, IReadOnlyList<string> questions)
    {
        HashSet<string> given = [.. questions.Select(FactText.NormalizeQuestion)];
        return new PanelScore(given.Count, [.. panel.Failures.Where(failure => given.Contains(FactText.NormalizeQuestion(failure.Question)))]);
    }

    private static string Describe(string check, string what, PanelScore score, double minimum) => FormattableString.Invariant(
        $"{check} check failed: {score} {what}, at least {minimum:P0}; such as {Example(score)}");

    private static string Example(PanelScore score)
    {
        PanelFailure example = score.Failures[0];
        return $"\"{example.Question}\": \"{example.Actual}\" for \"{example.Expected}\"";
    }
}
