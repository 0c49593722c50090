using Ibke.Runtime.Models;

namespace Ibke.Runtime.Editing;

/// <summary>Judges an edit on a version that nobody else sees: is it right, does it hold in other words, does it leave the rest alone?</summary>
/// <remarks>Used by one edit at a time: it remembers the answers of the base model and of the version in force.</remarks>
internal sealed class EditJudge(LanguageModel model, ModelCard card, QuestionPrompt prompts, GreedyAnswers answers, KnowledgeEditorOptions options)
{
    private readonly OrdinaryText _text = new(model, card.Text);
    private readonly AnswerBook _book = new(answers);
    private readonly DraftedQuestion[] _canaries = [.. card.Canaries.Select(canary => Asked(model, prompts, canary, options.MaximumAnswerTokens))];

    /// <summary>Judges an edit.</summary>
    /// <param name="request">The edit.</param>
    /// <param name="current">The version in force.</param>
    /// <param name="shadow">What would be in force with the edit.</param>
    /// <param name="staying">The edits that are in force and stay so.</param>
    /// <param name="cancellationToken">Looked at between answers.</param>
    public EditVerdict Judge(
        EditRequest request, WeightVersion current, WeightVersion shadow, IReadOnlyList<LedgerEntry> staying, CancellationToken cancellationToken)
    {
        ModelAnswer wanted = answers.Wanted(request.Answer);
        IReadOnlyList<string> rephrasings = Rephrasings(request);
        DraftedQuestion[] neighbours = [.. Neighbours(request).Select(question => new DraftedQuestion(question, null))];
        DraftedQuestion[] unchanging = [.. neighbours, .. _canaries];
        IReadOnlyList<ModelAnswer> before = _book.Answers(current, unchanging, cancellationToken);
        IReadOnlyList<LedgerEntry> earlier = Holding(current, Earlier(request, staying), cancellationToken);
        DraftedQuestion[] asked =
        [
            new(request.Prompt, wanted),
            .. rephrasings.Select(question => new DraftedQuestion(question, wanted)),
            .. unchanging.Zip(before, (question, answer) => question with { Draft = answer }),
            .. earlier.Select(Asked),
        ];
        IReadOnlyList<ModelAnswer> after = answers.Answer(shadow, asked, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        _book.Expect(shadow, asked, after);
        int panels = 1 + rephrasings.Count, canaries = panels + neighbours.Length, all = canaries + _canaries.Length;
        bool[] right = [.. asked.Select((question, i) => i < all ? Same(question.Draft!, after[i]) : Holds(question, after[i]))];
        return new EditVerdict(
            after[0].Text,
            Score(..1),
            Score(1..panels),
            Score(all..),
            [.. earlier.Where((_, i) => !right[all + i]).Select(entry => entry.Id)],
            Score(panels..canaries),
            Score(canaries..all),
            _text.Drift(shadow, current, [request.Subject], cancellationToken),
            _text.Drift(shadow, WeightVersion.Base, [request.Subject, .. staying.Select(entry => entry.Request.Subject)], cancellationToken));

        PanelScore Score(Range panel)
        {
            (int first, int count) = panel.GetOffsetAndLength(asked.Length);
            return new PanelScore(count, [.. Enumerable.Range(first, count)
                .Where(i => !right[i])
                .Select(i => new PanelFailure(asked[i].Question, asked[i].Draft!.Text, after[i].Text))]);
        }
    }

    private static DraftedQuestion Asked(LanguageModel model, QuestionPrompt prompts, Canary canary, int answer)
    {
        string rendered = prompts.Render(canary);
        int tokens = model.Tokenizer.Encode(rendered).Count;
        return tokens + answer <= model.Config.ContextLength
            ? new DraftedQuestion(canary.Question, null, rendered)
            : throw new ArgumentException(
                $"\"{canary.Question}\" takes {tokens} tokens, which with an answer of {answer} are more than the context of {model.Config.ContextLength}.");
    }

    private static bool Same(ModelAnswer expected, ModelAnswer actual) =>
        expected.Text == actual.Text && expected.Complete == actual.Complete;

    // An edit in force is not lost by a final period.
    private static bool Holds(DraftedQuestion asked, ModelAnswer answer) =>
        answer.Complete && FactText.SameAnswer(asked.Draft!.Text, answer.Text);

    private DraftedQuestion Asked(LedgerEntry entry) => new(entry.Request.Prompt, answers.Wanted(entry.Request.Answer));

    // Those that a version answers as they want.
    private IReadOnlyList<LedgerEntry> Holding(WeightVersion version, IReadOnlyList<LedgerEntry> entries, CancellationToken cancellationToken)
    {
        DraftedQuestion[] asked = [.. entries.Select(Asked)];
        IReadOnlyList<ModelAnswer> given = _book.Answers(version, asked, cancellationToken);
        return [.. entries.Where((_, i) => Holds(asked[i], given[i]))];
    }

    // All edits of the subject; of the others those of the same relation, then the newest.
    private IReadOnlyList<LedgerEntry> Earlier(EditRequest request, IReadOnlyList<LedgerEntry> staying)
    {
        int? group = card.Match(request.Prompt, request.Subject)?.Group;
        ILookup<bool, LedgerEntry> edits = staying.Reverse().ToLookup(
            entry => Names(request.Prompt, entry.Request.Subject) || Names(entry.Request.Prompt, request.Subject));
        return
        [
            .. edits[true],
            .. edits[false]
                .OrderBy(entry => group is not null && card.Match(entry.Request.Prompt, entry.Request.Subject)?.Group == group ? 0 : 1)
                .Take(options.EarlierEditQuestions),
        ];
    }

    private static bool Names(string question, string? subject) =>
        subject is not null && question.Contains(subject, StringComparison.OrdinalIgnoreCase);

    private IReadOnlyList<string> Rephrasings(EditRequest request)
    {
        string own = FactText.NormalizeQuestion(request.Prompt);
        return [.. request.Rephrasings
            .Concat(card.OtherWordings(request.Prompt, request.Subject).Take(options.GeneralityQuestions))
            .DistinctBy(FactText.NormalizeQuestion)
            .Where(question => FactText.NormalizeQuestion(question) != own)];
    }

    // Questions nearest to the fact tell most: first those about its subject, then those of its wordings, then the others.
    private IReadOnlyList<string> Neighbours(EditRequest request)
    {
        WordingMatch? fact = card.Match(request.Prompt, request.Subject);
        string key = card.FactKey(request.Prompt);
        IEnumerable<string> chosen = card.Locality
            .Where(question => card.FactKey(question) != key)
            .OrderBy(question => card.Match(question) is { } match && fact is not null
                ? string.Equals(match.Subject, fact.Subject, StringComparison.OrdinalIgnoreCase) ? 0 : match.Group == fact.Group ? 1 : 2
                : 2)
            .Take(options.LocalityQuestions);
        return [.. request.Neighbours.Concat(chosen).DistinctBy(FactText.NormalizeQuestion)];
    }
}
