using System.Text;
using System.Text.RegularExpressions;

namespace Ibke.Runtime.Tests.Training.Tokenizers;

/// <summary>BPE training as the paper says it: count all pairs of all words anew, merge the most frequent one, again. For words without named tokens.</summary>
internal static class SlowBytePairTrainer
{
    /// <summary>Tokens of the byte alphabet given as Latin text; pieces are cut by .NET's regular expressions.</summary>
    public static List<(string Left, string Right)> Train(IEnumerable<string> texts, string pattern, IReadOnlyList<string> firstTokens, int learned)
    {
        Dictionary<string, int> ids = firstTokens.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        List<List<string>> words = [.. texts.SelectMany(text => Regex.Matches(text, pattern)).Select(match => Letters(match.Value))];
        List<(string Left, string Right)> merges = [];
        while (learned > 0)
        {
            var best = words.SelectMany(word => word.Zip(word.Skip(1)))
                .GroupBy(pair => pair)
                .OrderByDescending(group => group.Count()).ThenBy(group => ids[group.Key.First]).ThenBy(group => ids[group.Key.Second])
                .FirstOrDefault();
            if (best is null)
            {
                break;
            }

            (string left, string right) = best.Key;
            if (!merges.Contains((left, right)))
            {
                merges.Add((left, right));
            }

            learned -= ids.TryAdd(left + right, ids.Count) ? 1 : 0;
            words.ForEach(word => Merge(word, left, right));
        }

        return merges;
    }

    private static List<string> Letters(string piece) =>
        [.. Encoding.UTF8.GetBytes(piece).Select(value => Runtime.Tokenization.ByteAlphabet.ToCharacter(value).ToString())];

    private static void Merge(List<string> word, string left, string right)
    {
        for (int i = 0; i + 1 < word.Count; i++)
        {
            if (word[i] == left && word[i + 1] == right)
            {
                word[i] += right;
                word.RemoveAt(i + 1);
            }
        }
    }
}
