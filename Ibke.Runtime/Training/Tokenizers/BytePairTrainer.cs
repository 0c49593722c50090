using Ibke.Runtime.Tokenization;

namespace Ibke.Runtime.Training.Tokenizers;

/// <summary>
/// Learns a byte-level BPE tokenizer (Sennrich et al. 2016, arXiv:1508.07909, over the bytes of UTF-8): again and again, the two tokens that stand
/// side by side most often become one.
/// </summary>
/// <remarks>The same texts in any order give the same tokenizer: of pairs that occur equally often, that of the lower ids is merged first.</remarks>
public static class BytePairTrainer
{
    /// <summary>Learns a tokenizer.</summary>
    /// <param name="texts">Read once. Named tokens in them are cut out; a lone surrogate counts as U+FFFD.</param>
    /// <param name="options">What it is to be like.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    /// <returns>The tokenizer; it has fewer tokens than asked for where the texts hold no more pairs.</returns>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public static TrainedTokenizer Train(
        IEnumerable<string> texts, BytePairTrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        WordCounts words = new(options);
        foreach (string text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            words.Add(text);
        }

        List<string> tokens = [.. options.SpecialTokens, .. Alphabet()];
        Dictionary<string, int> ids = tokens.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        List<(int Left, int Right)> merges = Merge(words, tokens, ids, options, cancellationToken);
        return new TrainedTokenizer(options, tokens, merges);
    }

    private static List<(int Left, int Right)> Merge(
        WordCounts words, List<string> tokens, Dictionary<string, int> ids, BytePairTrainingOptions options, CancellationToken cancellationToken)
    {
        PairCounts pairs = new(words.Counts.Select(word => (IdsOf(word.Key, ids), word.Value)));
        List<(int Left, int Right)> merges = [];
        HashSet<(int Left, int Right)> known = [];
        int most = tokens.Count + options.LearnedTokens;
        while (tokens.Count < most && pairs.TryFindMost(out int left, out int right))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string token = tokens[left] + tokens[right];
            if (!ids.TryGetValue(token, out int merged))
            {
                merged = tokens.Count;
                tokens.Add(token);
                ids.Add(token, merged);
            }

            // A token that two pairs make can bring back a pair that was merged before; it is merged again, but is no new merge.
            if (known.Add((left, right)))
            {
                merges.Add((left, right));
            }

            pairs.Merge(left, right, merged);
        }

        return merges;
    }

    private static int[] IdsOf(string word, Dictionary<string, int> ids)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        int[] found = new int[word.Length];
        for (int i = 0; i < word.Length; i++)
        {
            found[i] = lookup[word.AsSpan(i, 1)];
        }

        return found;
    }

    /// <summary>The characters that stand for bytes, by their code points.</summary>
    private static IEnumerable<string> Alphabet() =>
        Enumerable.Range(0, 256).Select(value => ByteAlphabet.ToCharacter((byte)value)).Order().Select(character => character.ToString());
}
