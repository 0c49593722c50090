using Ibke.Atlas.World;

namespace Ibke.Atlas.Wordings;

/// <summary>Ways to say one thing: patterns for training, and phrases that only tests use.</summary>
/// <remarks>Immutable.</remarks>
public sealed class PhraseList
{
    // Where there are further patterns they are few beside the others, and what is new is to be met often.
    private const double FurtherShare = 0.4;

    private readonly PhrasePattern[] _training;
    private readonly PhrasePattern[] _further;
    private readonly HashSet<string> _kept;

    /// <summary>Reads the patterns.</summary>
    /// <param name="train">Patterns of training.</param>
    /// <param name="test">Phrases of tests, as they are.</param>
    /// <param name="further">Patterns of the last part of training, beside the others.</param>
    public PhraseList(IReadOnlyList<string> train, IReadOnlyList<string> test, IReadOnlyList<string>? further = null)
    {
        Training = [.. train, .. further ?? []];
        Test = test;
        _training = [.. train.Select(PhrasePattern.Parse)];
        _further = [.. (further ?? []).Select(PhrasePattern.Parse)];
        _kept = [.. test.Select(PhrasePattern.Comparable)];
    }

    /// <summary>The patterns of training.</summary>
    public IReadOnlyList<string> Training { get; }

    /// <summary>The phrases of tests.</summary>
    public IReadOnlyList<string> Test { get; }

    /// <summary>A phrase; in training none that differs from one of the tests by case and punctuation alone.</summary>
    public string Choose(SeededRandom random, Split split)
    {
        if (split == Split.Test)
        {
            return random.Choose(Test);
        }

        while (true)
        {
            PhrasePattern[] patterns = _further.Length > 0 && random.Chance(FurtherShare) ? _further : _training;
            string phrase = random.Choose(patterns).Expand(random);
            if (!_kept.Contains(PhrasePattern.Comparable(phrase)))
            {
                return phrase;
            }
        }
    }
}
