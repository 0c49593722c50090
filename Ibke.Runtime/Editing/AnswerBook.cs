using Ibke.Runtime.Models;

namespace Ibke.Runtime.Editing;

/// <summary>Remembers the answers of the base model, and of one other version at a time.</summary>
internal sealed class AnswerBook(GreedyAnswers answers)
{
    private const int Limit = 4096;

    private readonly Dictionary<string, ModelAnswer> _base = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModelAnswer> _other = new(StringComparer.Ordinal);
    private string _otherKey = "";

    /// <summary>The answers of a version, in the order of the questions. Those of the base model serve as drafts for others.</summary>
    public IReadOnlyList<ModelAnswer> Answers(WeightVersion version, IReadOnlyList<string> questions, CancellationToken cancellationToken)
    {
        IReadOnlyList<ModelAnswer> fromBase = Fill(
            _base, WeightVersion.Base, [.. questions.Select(question => new DraftedQuestion(question, null))], cancellationToken);
        if (version.Key == WeightVersion.Base.Key)
        {
            return fromBase;
        }

        if (version.Key != _otherKey)
        {
            _other.Clear();
            _otherKey = version.Key;
        }

        return Fill(
            _other, version, [.. questions.Zip(fromBase, (question, draft) => new DraftedQuestion(question, draft))], cancellationToken);
    }

    private IReadOnlyList<ModelAnswer> Fill(
        Dictionary<string, ModelAnswer> known, WeightVersion version, IReadOnlyList<DraftedQuestion> questions, CancellationToken cancellationToken)
    {
        DraftedQuestion[] missing = [.. questions.Where(question => !known.ContainsKey(question.Question))];
        if (known.Count + missing.Length > Limit)
        {
            known.Clear();
            missing = [.. questions];
        }

        foreach ((DraftedQuestion question, ModelAnswer answer) in missing.Zip(answers.Answer(version, missing, cancellationToken)))
        {
            known[question.Question] = answer;
        }

        return [.. questions.Select(question => known[question.Question])];
    }
}
