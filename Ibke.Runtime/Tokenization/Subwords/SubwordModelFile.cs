using System.Globalization;
using System.Text.Json;
using Ibke.Runtime.Checkpoints;

namespace Ibke.Runtime.Tokenization.Subwords;

/// <summary>Reads the model of a tokenizer.json: its vocabulary, and merges or scores.</summary>
internal static class SubwordModelFile
{
    private const string CopyAgain = "Copy the file again.";

    /// <summary>The model.</summary>
    /// <exception cref="CheckpointException">Its kind is not supported, or it is not well-formed.</exception>
    public static SubwordModel Read(ConfigFile file)
    {
        ConfigFile json = file.TryGetObject("model") ?? throw file.Unusable("model", "it is missing", CopyAgain);
        return TypeOf(json) switch
        {
            "BPE" => ReadBytePairs(json),
            "Unigram" => ReadUnigram(json),
            "WordLevel" => ReadWords(json),
            string other => throw json.Unusable("type", $"the model '{other}' is not supported", "Supported are BPE, Unigram and WordLevel."),
        };
    }

    /// <summary>Older files do not name the kind.</summary>
    private static string TypeOf(ConfigFile json)
    {
        string missing = json.Has("merges") ? "BPE" : json.Json.TryGetProperty("vocab", out JsonElement vocab) && vocab.ValueKind == JsonValueKind.Array ? "Unigram" : "";
        return json.GetString("type", missing)!;
    }

    private static BytePairModel ReadBytePairs(ConfigFile json)
    {
        if (json.GetFloat("dropout", 0) != 0)
        {
            throw json.Unusable("dropout", "merging at random is not supported", "Set it to null.");
        }

        Dictionary<string, int> vocabulary = ReadVocabulary(json);
        BytePairSettings settings = new()
        {
            IgnoreMerges = json.GetBool("ignore_merges", false),
            Unknown = ReadUnknown(json, vocabulary),
            FuseUnknown = json.GetBool("fuse_unk", false),
            ByteFallback = json.GetBool("byte_fallback", false),
            ContinuingPrefix = json.GetString("continuing_subword_prefix", "")!,
            WordSuffix = json.GetString("end_of_word_suffix", "")!,
        };
        return new BytePairModel(vocabulary, ReadMerges(json, vocabulary, settings.ContinuingPrefix), settings);
    }

    private static WordModel ReadWords(ConfigFile json)
    {
        Dictionary<string, int> vocabulary = ReadVocabulary(json);
        return new WordModel(vocabulary, ReadUnknown(json, vocabulary));
    }

    private static int? ReadUnknown(ConfigFile json, Dictionary<string, int> vocabulary) => json.GetString("unk_token", null) switch
    {
        null => null,
        string name when vocabulary.TryGetValue(name, out int id) => id,
        string name => throw json.Unusable("unk_token", $"'{name}' is not in the vocabulary", CopyAgain),
    };

    private static UnigramModel ReadUnigram(ConfigFile json)
    {
        if (!json.Json.TryGetProperty("vocab", out JsonElement list) || list.ValueKind != JsonValueKind.Array)
        {
            throw json.Unusable("vocab", "a list of tokens with their scores is expected", CopyAgain);
        }

        Dictionary<string, int> vocabulary = new(list.GetArrayLength(), StringComparer.Ordinal);
        double[] scores = new double[list.GetArrayLength()];
        int id = 0;
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() != 2 || TokenizerFile.TextOf(item[0]) is not string token
                || item[1].ValueKind != JsonValueKind.Number || !item[1].TryGetDouble(out scores[id]) || !double.IsFinite(scores[id]))
            {
                throw json.Unusable(Place("vocab", id), "a token and its score are expected", CopyAgain);
            }

            vocabulary[token] = id++;
        }

        int unknown = json.GetInt("unk_id", -1);
        return unknown >= -1 && unknown < scores.Length
            ? new UnigramModel(vocabulary, scores, unknown < 0 ? null : unknown, json.GetBool("byte_fallback", false))
            : throw json.Unusable("unk_id", $"{unknown} is not in the vocabulary", CopyAgain);
    }

    private static Dictionary<string, int> ReadVocabulary(ConfigFile json)
    {
        JsonElement vocab = json.TryGetObject("vocab")?.Json ?? throw json.Unusable("vocab", "it is missing", CopyAgain);
        Dictionary<string, int> vocabulary = new(vocab.GetPropertyCount(), StringComparer.Ordinal);
        foreach (JsonProperty entry in vocab.EnumerateObject())
        {
            string token = entry.Name;
            vocabulary[token] = entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out int id) && id is >= 0 and < TokenizerFile.MostIds
                ? id
                : throw json.Unusable("vocab", $"the token '{token}' has the id {entry.Value.GetRawText()}", CopyAgain);
        }

        return vocabulary;
    }

    private static MergeTable ReadMerges(ConfigFile json, Dictionary<string, int> vocabulary, string prefix)
    {
        if (!json.Json.TryGetProperty("merges", out JsonElement list) || list.ValueKind != JsonValueKind.Array)
        {
            throw json.Unusable("merges", "a list is expected", CopyAgain);
        }

        List<(int, int, int)> merges = new(list.GetArrayLength());
        foreach (JsonElement item in list.EnumerateArray())
        {
            (string left, string right) = ReadMerge(json, item, merges.Count);
            string rest = right.StartsWith(prefix, StringComparison.Ordinal) ? right[prefix.Length..] : right;
            merges.Add((IdOf(left), IdOf(right), IdOf(left + rest)));
        }

        return new MergeTable(merges);

        int IdOf(string token) => vocabulary.TryGetValue(token, out int id)
            ? id
            : throw json.Unusable(Place("merges", merges.Count), $"'{token}' is not in the vocabulary", CopyAgain);
    }

    /// <summary>A merge is <c>["a", "b"]</c>, in older files <c>"a b"</c>.</summary>
    private static (string Left, string Right) ReadMerge(ConfigFile json, JsonElement item, int rank)
    {
        if (item.ValueKind == JsonValueKind.Array && item.GetArrayLength() == 2
            && item[0].ValueKind == JsonValueKind.String && item[1].ValueKind == JsonValueKind.String)
        {
            return (Text(json, item[0], rank), Text(json, item[1], rank));
        }

        if (item.ValueKind == JsonValueKind.String && Text(json, item, rank).Split(' ') is [string left, string right])
        {
            return (left, right);
        }

        throw json.Unusable(Place("merges", rank), "two tokens are expected, as [\"a\", \"b\"] or \"a b\"", CopyAgain);
    }

    private static string Text(ConfigFile json, JsonElement item, int rank) =>
        TokenizerFile.TextOf(item) ?? throw json.Unusable(Place("merges", rank), "a text of whole characters is expected", CopyAgain);

    private static string Place(string key, int index) => string.Create(CultureInfo.InvariantCulture, $"{key}[{index}]");
}
