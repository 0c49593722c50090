using Ibke.Runtime.Models;

namespace Ibke.Runtime.Editing;

/// <summary>Judges an edit on a version that nobody else sees: is it right, does it hold in other words, does it leave the rest alone?</summary>
/// <remarks>Used by one edit at a time: it remembers the answers of the base model and of the version in force.</remarks>
internal sealed class EditJudge(LanguageModel model, ModelCard card, GreedyAnswers answers, KnowledgeEditorOptions options)
{
    private readonly OrdinaryText _text = new(model, card.Text);
    private readonly AnswerBook _book = new(answers);

    /// <summary>Judges an edit.</summary>
    /// <param name="request">The edit.</param>
    /// <param name="current">The version in force.</param>
    /// <param name="shadow">What would be in force with the edit.</param>
    /// <param name="editedFacts">The keys of facts that edits in force concern; questions about them say nothing about locality.</param>
    /// <param name="cancellationToken">Looked at between answers.</param>
    public EditVerdict Judge(
        EditRequest request, WeightVersion current, WeightVersion shadow, IReadOnlySet<string> editedFacts, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> rephrasings = Rephrasings(request);
        IReadOnlyList<string> neighbours = Neighbours(request, editedFacts);
        IReadOnlyList<ModelAnswer> before = _book.Answers(current, neighbours, cancellationToken);
        ModelAnswer wanted = answers.Wanted(request.Answer);
        IReadOnlyList<ModelAnswer> after = answers.Answer(
            shadow,
            [
                new DraftedQuestion(request.Prompt, wanted),
                .. rephrasings.Select(question => new DraftedQuestion(question, wanted)),
                .. neighbours.Zip(before, (question, answer) => new DraftedQuestion(question, answer)),
            ],
            cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        _book.Expect(shadow, neighbours, after.Skip(1 + rephrasings.Count));
        return new EditVerdict(
            after[0].Text,
            Score([request.Prompt], [wanted], after.Take(1)),
            Score(rephrasings, Enumerable.Repeat(wanted, rephrasings.Count), after.Skip(1).Take(rephrasings.Count)),
            Score(neighbours, before, after.Skip(1 + rephrasings.Count)),
            _text.Drift(shadow, current, request.Subject, cancellationToken));
    }

    private static PanelScore Score(
        IReadOnlyList<string> questions, IEnumerable<ModelAnswer> expected, IEnumerable<ModelAnswer> actual)
    {
        IEnumerable<PanelFailure> failures = questions.Zip(expected, actual)
            .Where(asked => asked.Second.Text != asked.Third.Text || asked.Second.Complete != asked.Third.Complete)
            .Select(asked => new PanelFailure(asked.First, asked.Second.Text, asked.Third.Text));
        return new PanelScore(questions.Count, [.. failures]);
    }

    private IReadOnlyList<string> Rephrasings(EditRequest request)
    {
        string own = FactText.NormalizeQuestion(request.Prompt);
        return [.. request.Rephrasings
            .Concat(card.OtherWordings(request.Prompt, request.Subject).Take(options.GeneralityQuestions))
            .DistinctBy(FactText.NormalizeQuestion)
            .Where(question => FactText.NormalizeQuestion(question) != own)];
    }

    // Questions nearest to the fact tell most: first those about its subject, then those of its wordings, then the others.
    private IReadOnlyList<string> Neighbours(EditRequest request, IReadOnlySet<string> editedFacts)
    {
        WordingMatch? fact = card.Match(request.Prompt, request.Subject);
        string key = card.FactKey(request.Prompt);
        IEnumerable<string> chosen = card.Locality
            .Where(question => card.FactKey(question) is var other && other != key && !editedFacts.Contains(other))
            .OrderBy(question => card.Match(question) is { } match && fact is not null
                ? string.Equals(match.Subject, fact.Subject, StringComparison.OrdinalIgnoreCase) ? 0 : match.Group == fact.Group ? 1 : 2
                : 2)
            .Take(options.LocalityQuestions);
        return [.. request.Neighbours.Concat(chosen).DistinctBy(FactText.NormalizeQuestion)];
    }
}
