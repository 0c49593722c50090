using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Scoring.Skills;

/// <summary>Counts right replies.</summary>
internal sealed class Tally(int failures)
{
    private readonly SortedDictionary<string, Proportion> _tags = new(StringComparer.Ordinal);
    private readonly List<FailedReply> _failures = [];
    private Proportion _replies;
    private Proportion _conversations;

    /// <summary>Counts a reply.</summary>
    public void Add(int line, string? tag, bool right, ReadOnlySpan<int> wanted, ReadOnlySpan<int> given, Tokenizer tokenizer)
    {
        Proportion one = new(right ? 1 : 0, 1);
        _replies += one;
        if (tag is not null)
        {
            _tags[tag] = _tags.GetValueOrDefault(tag) + one;
        }

        if (!right && _failures.Count < failures)
        {
            _failures.Add(new FailedReply(line, tag, tokenizer.Decode([.. wanted]), tokenizer.Decode([.. given])));
        }
    }

    /// <summary>Counts a conversation.</summary>
    public void Add(bool allRight) => _conversations += new Proportion(allRight ? 1 : 0, 1);

    /// <summary>The counts.</summary>
    public SkillScores ToScores(string skill) =>
        new(skill, _replies, _conversations, [.. _tags.Select(pair => new TagScore(pair.Key, pair.Value))], _failures);
}
