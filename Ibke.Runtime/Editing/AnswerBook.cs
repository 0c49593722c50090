using Ibke.Runtime.Models;

namespace Ibke.Runtime.Editing;

/// <summary>Remembers the answers of the base model, of the version in force, and of the one that may be in force next.</summary>
/// <remarks>Used by one thread at a time.</remarks>
internal sealed class AnswerBook(GreedyAnswers answers)
{
    private const int Limit = 4096;

    private readonly Dictionary<string, ModelAnswer> _base = new(StringComparer.Ordinal);
    private Dictionary<string, ModelAnswer> _current = new(StringComparer.Ordinal);
    private Dictionary<string, ModelAnswer> _next = new(StringComparer.Ordinal);
    private string _currentKey = "";
    private string _nextKey = "";

    /// <summary>The answers of a version, in the order of the questions. Those of the base model serve as drafts for others.</summary>
    public IReadOnlyList<ModelAnswer> Answers(WeightVersion version, IReadOnlyList<string> questions, CancellationToken cancellationToken)
    {
        IReadOnlyList<ModelAnswer> fromBase = Fill(
            _base, WeightVersion.Base, [.. questions.Select(question => new DraftedQuestion(question, null))], cancellationToken);
        if (version.Key == WeightVersion.Base.Key)
        {
            return fromBase;
        }

        if (version.Key != _currentKey)
        {
            _current = version.Key == _nextKey ? _next : new(StringComparer.Ordinal);
            _currentKey = version.Key;
        }

        return Fill(
            _current, version, [.. questions.Zip(fromBase, (question, draft) => new DraftedQuestion(question, draft))], cancellationToken);
    }

    /// <summary>Takes note of the answers of a version that may be in force next.</summary>
    public void Expect(WeightVersion version, IReadOnlyList<string> questions, IEnumerable<ModelAnswer> given)
    {
        _next = new(StringComparer.Ordinal);
        _nextKey = version.Key;
        foreach ((string question, ModelAnswer answer) in questions.Zip(given))
        {
            _next[question] = answer;
        }
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
