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

    /// <summary>The answers of a version, in the order of the questions. Where there is no draft, the base model's answer serves as one.</summary>
    public IReadOnlyList<ModelAnswer> Answers(
        WeightVersion version, IReadOnlyList<DraftedQuestion> questions, CancellationToken cancellationToken)
    {
        if (version.Key == WeightVersion.Base.Key)
        {
            return Fill(_base, WeightVersion.Base, questions, cancellationToken);
        }

        if (version.Key != _currentKey)
        {
            _current = version.Key == _nextKey ? _next : new(StringComparer.Ordinal);
            _currentKey = version.Key;
        }

        Queue<ModelAnswer> drafts = new(Fill(
            _base, WeightVersion.Base, [.. questions.Where(question => question.Draft is null)], cancellationToken));
        return Fill(
            _current,
            version,
            [.. questions.Select(question => question.Draft is null ? question with { Draft = drafts.Dequeue() } : question)],
            cancellationToken);
    }

    /// <summary>Takes note of the answers of a version that may be in force next.</summary>
    public void Expect(WeightVersion version, IEnumerable<DraftedQuestion> questions, IEnumerable<ModelAnswer> given)
    {
        _next = new(StringComparer.Ordinal);
        _nextKey = version.Key;
        foreach ((DraftedQuestion question, ModelAnswer answer) in questions.Zip(given))
        {
            _next[question.Key] = answer;
        }
    }

    private IReadOnlyList<ModelAnswer> Fill(
        Dictionary<string, ModelAnswer> known, WeightVersion version, IReadOnlyList<DraftedQuestion> questions, CancellationToken cancellationToken)
    {
        DraftedQuestion[] missing = [.. questions.Where(question => !known.ContainsKey(question.Key))];
        if (known.Count + missing.Length > Limit)
        {
            known.Clear();
            missing = [.. questions];
        }

        foreach ((DraftedQuestion question, ModelAnswer answer) in missing.Zip(answers.Answer(version, missing, cancellationToken)))
        {
            known[question.Key] = answer;
        }

        return [.. questions.Select(question => known[question.Key])];
    }
}
